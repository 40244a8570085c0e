/* csv.c - aspas onde é preciso e apóstrofo onde haveria fórmula. */
#include "base/csv.h"

#include <string.h>

static bool
starts_line(const struct str *s)
{
    if (s->len == 0 || s->data[s->len - 1] == '\n')
        return true;
    return s->len == 3 && memcmp(s->data, CSV_BOM, 3) == 0;
}

/* O que uma planilha leria como fórmula: sinal, ASCII ou de largura inteira,
 * mesmo depois de brancos. */
static bool
looks_formula(const char *p)
{
    static const char *const wide[] = { "\uff1d", "\uff0b", "\uff0d",
                                        "\uff20" };
    size_t i;

    if (*p != '\0' && strchr("\t\r\n", *p) != NULL)
        return true;
    for (;; p++) {
        if (strncmp(p, "\u00a0", 2) == 0)
            p++;
        else if (*p != ' ' && *p != '"')
            break;
    }
    for (i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(p, wide[i], 3) == 0)
            return true;
    return *p != '\0' && strchr("=+-@", *p) != NULL;
}

void
csv_cell(struct str *s, const char *text)
{
    const char *p;

    if (!starts_line(s))
        str_putc(s, ',');
    if (text == NULL || text[0] == '\0') {
        str_puts(s, "\"\""); /* vazia, mas começa a linha */
        return;
    }
    str_putc(s, '"');
    if (looks_formula(text))
        str_putc(s, '\'');
    for (p = text; *p != '\0'; p++) {
        if (*p == '"')
            str_putc(s, '"');
        str_putc(s, *p);
        /* o Excel brasileiro separa por ';': ali começaria outra célula */
        if ((*p == ';' || *p == '\t' || *p == '\n') && looks_formula(p + 1))
            str_putc(s, '\'');
    }
    str_putc(s, '"');
}

void
csv_end(struct str *s)
{
    str_puts(s, "\r\n");
}
