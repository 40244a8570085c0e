/* contact_import_cards.c - vCards como linhas de uma importação. */
#include "desk/contact_import_cards.h"

#include <string.h>

#include "base/i18n.h"
#include "base/vcard.h"
#include "db/db.h"
#include "desk/contact_import.h"

#define CARD_COLUMNS 4

void
contact_rows_add(struct contact_rows *to, int line, const char *cells)
{
    to->count++;
    str_printf(&to->rows, "%d\t", line);
    db_copy_text(&to->rows, cells);
    str_putc(&to->rows, '\n');
}

static void
add_list(struct str *s, const char *const *list, int count)
{
    int i;

    for (i = 0; i < count; i++)
        str_printf(s, "%s%s", i > 0 ? "; " : "", list[i]);
}

/* O separador das células não pode vir de dentro: o leitor já tira controles.
 */
static void
add_card(struct contact_rows *to, struct str *cells, const struct vcard *k)
{
    cells->len = 0;
    str_puts(cells, k->name[0] != '\0' ? k->name : k->organization);
    str_putc(cells, CSV_UNIT);
    add_list(cells, k->phones, k->phone_count);
    str_putc(cells, CSV_UNIT);
    add_list(cells, k->emails, k->email_count);
    str_putc(cells, CSV_UNIT);
    str_puts(cells, k->organization);
    contact_rows_add(to, k->line, cells->data);
}

static enum err
refused(struct ctx *c, enum vcard_status s, int line)
{
    return fail_field(
        c, "file", s == VCARD_TOO_LONG ? "max" : "format",
        s == VCARD_OPEN ? _("o cartão da linha %d não acaba (falta END:VCARD)")
        : s == VCARD_OUTSIDE ? _("a linha %d está fora de um cartão")
                             : _("a linha %d é longa demais"),
        line);
}

enum err
contact_cards_load(struct ctx *c, struct slice text, struct contact_rows *out)
{
    struct arena *a = arena_new(65536);
    struct vcard_reader reader;
    enum vcard_status s;
    struct vcard card;
    struct str cells;

    str_init(&out->rows, c->arena, text.len / 2 + 256);
    str_init(&cells, c->arena, 256);
    str_printf(&cells, "%s%c%s%c%s%c%s", _("Nome"), CSV_UNIT, _("Telefone"),
               CSV_UNIT, _("E-mail"), CSV_UNIT, _("Empresa"));
    contact_rows_add(out, 0, cells.data);
    vcard_open(&reader, text);
    while ((s = vcard_next(&reader, a, &card)) == VCARD_CARD &&
           out->count <= CONTACT_IMPORT_ROWS) {
        add_card(out, &cells, &card);
        arena_reset(a);
    }
    arena_free(a);
    if (s == VCARD_CARD)
        return fail_field(c, "file", "max", "%s",
                          _("passa de 250 mil linhas: divida o arquivo"));
    if (s != VCARD_END)
        return refused(c, s, reader.line);
    out->width = CARD_COLUMNS;
    out->guess.has_header = true;
    out->guess.columns[CONTACT_NAME] = 1;
    out->guess.columns[CONTACT_PHONE] = 2;
    out->guess.columns[CONTACT_EMAIL] = 3;
    return OK;
}
