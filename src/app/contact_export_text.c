/* contact_export_text.c - os contatos em CSV e em vCards. */
#include <json-c/json.h>
#include <string.h>

#include "app/contact_export.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "base/vcard.h"

#define ROW struct q_contact_export_row
#define FIELD struct q_custom_field_row

/* ---- CSV ---- */

struct columns {
    const FIELD *fields;
    int count;
};

static enum err
csv_begin(struct req *r, const FIELD *fields, int count, void **state)
{
    struct columns *c = arena_alloc(r->ctx.arena, sizeof *c);
    const char *title;
    int i;

    *c = (struct columns){ fields, count };
    *state = c;
    str_puts(&r->out, CSV_BOM);
    for (i = 0; (title = contact_export_title(i)) != NULL; i++)
        csv_cell(&r->out, title);
    for (i = 0; i < count; i++)
        csv_cell(&r->out, fields[i].label);
    csv_end(&r->out);
    return OK;
}

static void
csv_custom(struct str *s, const struct columns *c, const char *custom)
{
    struct json_object *values =
        strcmp(custom, "{}") != 0 ? json_tokener_parse(custom) : NULL;
    struct json_object *v;
    int i;

    for (i = 0; i < c->count; i++)
        csv_cell(s, json_object_object_get_ex(values, c->fields[i].key, &v)
                        ? json_object_get_string(v)
                        : NULL);
    json_object_put(values);
}

static enum err
csv_rows(struct req *r, void *state, const ROW *rows, int count)
{
    const ROW *k;
    int i;

    for (k = rows; k < rows + count; k++) {
        for (i = 0; contact_export_title(i) != NULL; i++)
            csv_cell(&r->out, contact_export_cell(r->ctx.arena, k, i));
        csv_custom(&r->out, state, k->custom);
        csv_end(&r->out);
    }
    return OK;
}

const struct contact_format contact_csv = {
    .type = "text/csv", .suffix = "csv", .open = csv_begin, .rows = csv_rows
};

/* ---- vCard 4.0: nele o N é opcional, e partir um nome é adivinhar ---- */

static enum err
vcard_begin(struct req *r, const FIELD *fields, int count, void **state)
{
    struct columns *c = arena_alloc(r->ctx.arena, sizeof *c);

    *c = (struct columns){ fields, count };
    *state = c;
    str_puts(&r->out, "");
    return OK;
}

/*
 * Os campos da empresa: um a um para programas, e num NOTE para quem lê a
 * agenda de um telefone, que dos X- não mostra nada.
 */
static void
vcard_custom(struct str *s, const struct columns *c, const char *custom)
{
    struct json_object *values =
        strcmp(custom, "{}") != 0 ? json_tokener_parse(custom) : NULL;
    struct json_object *v;
    struct str note;
    const char *text;
    int i;

    str_init(&note, s->arena, 64);
    for (i = 0; i < c->count; i++) {
        if (!json_object_object_get_ex(values, c->fields[i].key, &v) ||
            (text = json_object_get_string(v)) == NULL || text[0] == '\0')
            continue;
        vcard_put(
            s,
            arena_printf(s->arena, "X-BALCAO-FIELD;X-KEY=%s", c->fields[i].key),
            text);
        str_printf(&note, "%s%s: %s", note.len > 0 ? "\n" : "",
                   c->fields[i].label, text);
    }
    vcard_put(s, "NOTE", note.len > 0 ? note.data : NULL);
    json_object_put(values);
}

/* Os outros, como a consulta os junta: "a; b". */
static void
vcard_others(struct str *s, const char *name, const char *prefix,
             const char *list)
{
    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ";");

        vcard_put(s, name,
                  arena_printf(s->arena, "%s%.*s", prefix, (int)n, list));
        list += n;
        list += strspn(list, "; ");
    }
}

static enum err
vcard_rows(struct req *r, void *state, const ROW *rows, int count)
{
    struct str *s = &r->out;
    const ROW *k;

    for (k = rows; k < rows + count; k++) {
        str_puts(s, "BEGIN:VCARD\r\nVERSION:4.0\r\n");
        str_printf(s, "UID:urn:balcao:contact:%lld\r\n", (long long)k->id);
        vcard_put(s, "FN", k->name);
        vcard_others(s, "TEL;VALUE=uri;PREF=1", "tel:+", k->phone);
        vcard_others(s, "TEL;VALUE=uri", "tel:+", k->phones);
        vcard_put(s, "EMAIL;PREF=1", k->email);
        vcard_others(s, "EMAIL", "", k->emails);
        vcard_put(s, "CATEGORIES", k->tags);
        vcard_custom(s, state, k->custom);
        str_puts(s, "END:VCARD\r\n");
    }
    return OK;
}

const struct contact_format contact_vcard = { .type = "text/vcard",
                                              .suffix = "vcf",
                                              .open = vcard_begin,
                                              .rows = vcard_rows };
