/* contact_import_guess.c - nomes de coluna conhecidos, e a cara dos dados. */
#include "desk/contact_import_guess.h"

#include <string.h>

#include "desk/document.h"
#include "desk/phone.h"

#define LOOKED_AT 20

/* Sem acento, sem pontuação, minúsculas. */
static const char *const known[CONTACT_COLUMNS] = {
    " nome name cliente contato contact nomecompleto fullname displayname "
    "razaosocial customer client ",
    " telefone celular whatsapp fone phone mobile tel numero phonenumber "
    "telefoneprincipal telefonecelular phone1value mobilephone cell ",
    " email mail emailprincipal emailaddress email1value correio ",
    " documento cpf cnpj cpfcnpj cpfoucnpj document taxid ",
};

/* As letras de um nome de coluna; o acento vira a letra sem ele. */
static void
plain(const char *text, char out[static 64])
{
    static const struct {
        const char *from;
        char to;
    } marks[] = { { "ã", 'a' }, { "á", 'a' }, { "â", 'a' }, { "é", 'e' },
                  { "ê", 'e' }, { "í", 'i' }, { "ó", 'o' }, { "õ", 'o' },
                  { "ô", 'o' }, { "ú", 'u' }, { "ç", 'c' }, { "Ã", 'a' },
                  { "É", 'e' }, { "Ú", 'u' }, { "Ó", 'o' } };
    size_t n = 0, i;

    while (*text != '\0' && n < 62) {
        char ch = *text;

        for (i = 0; i < sizeof marks / sizeof *marks; i++)
            if (strncmp(text, marks[i].from, 2) == 0)
                break;
        if (i < sizeof marks / sizeof *marks) {
            out[n++] = marks[i].to;
            text += 2;
            continue;
        }
        if (ch >= 'A' && ch <= 'Z')
            ch = (char)(ch - 'A' + 'a');
        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9'))
            out[n++] = ch;
        text++;
    }
    out[n] = '\0';
}

static bool
names(struct contact_guess *g, const char *text, int column)
{
    char word[64], padded[66];
    int i;
    size_t n;

    plain(text, word);
    n = strlen(word);
    if (n == 0)
        return false;
    padded[0] = ' ';
    memcpy(padded + 1, word, n);
    padded[n + 1] = ' ';
    padded[n + 2 < sizeof padded ? n + 2 : sizeof padded - 1] = '\0';
    for (i = 0; i < CONTACT_COLUMNS; i++)
        if (strstr(known[i], padded) != NULL) {
            if (g->columns[i] == 0)
                g->columns[i] = column + 1;
            return true;
        }
    return false;
}

static void
vote(struct contact_guess *g, const char *text, int column)
{
    char digits[PHONE_MAX + 1], document[DOCUMENT_MAX + 1];
    int *votes = g->votes[column];

    if (text[0] == '\0')
        return;
    if (strchr(text, '@') != NULL)
        votes[CONTACT_EMAIL]++;
    else if (document_normal(text, document) && strchr(text, '+') == NULL)
        votes[CONTACT_DOCUMENT]++;
    else if (phone_digits(text, digits))
        votes[CONTACT_PHONE] += strlen(digits) >= 8;
    else
        votes[CONTACT_NAME]++;
}

void
contact_guess_row(struct contact_guess *g, struct arena *a, const char *record,
                  int columns)
{
    bool header = false;
    int i;

    if (g->rows >= LOOKED_AT)
        return;
    for (i = 0; i < columns && g->rows == 0; i++)
        header = names(g, csv_pick(a, record, i), i) || header;
    if (g->rows++ == 0 && header) {
        g->has_header = true;
        return;
    }
    for (i = 0; i < columns; i++)
        vote(g, csv_pick(a, record, i), i);
}

static bool
is_used(const struct contact_guess *g, int column)
{
    int i;

    for (i = 0; i < CONTACT_COLUMNS; i++)
        if (g->columns[i] == column + 1)
            return true;
    return false;
}

void
contact_guess_end(struct contact_guess *g)
{
    int kind, column, best;

    for (kind = CONTACT_COLUMNS - 1; kind >= 0 && !g->has_header; kind--) {
        best = -1;
        for (column = 0; column < CSV_COLUMNS_MAX; column++)
            if (!is_used(g, column) && g->votes[column][kind] > 0 &&
                (best < 0 || g->votes[column][kind] > g->votes[best][kind]))
                best = column;
        g->columns[kind] = best + 1;
    }
}
