/* contact_import.c - o arquivo que chega, e o que se escolhe fazer dele. */
#include "desk/contact_import.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "auth/audit.h"
#include "base/csv.h"
#include "base/csv_reader.h"
#include "base/i18n.h"
#include "base/vcard.h"
#include "db/db.h"
#include "desk/contact_import_cards.h"
#include "jobs/queue.h"

#define I struct q_contact_import_row
#define SAMPLE_SCHEMA \
    "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":" \
    "\"string\"}}}"
#define STAGE_COPY "COPY pg_temp.contact_import_stage (line, cells) FROM STDIN"

const struct field contact_import_out[] = {
    INT(I, id, .doc = "Importação"),
    TEXT(I, state, .doc = "draft, running, done, undoing ou undone"),
    TEXT(I, filename, .doc = "Nome do arquivo"),
    TEXT(I, delimiter, .doc = "comma, semicolon, tab ou vcard"),
    TEXT(I, charset, .doc = "utf-8 ou latin-1"),
    BOOL(I, has_header, .doc = "A primeira linha são os nomes das colunas"),
    INT(I, width, .doc = "Quantas colunas tem a maior linha"),
    INT(I, name_column, .doc = "Coluna do nome, de 1; 0: não há"),
    INT(I, phone_column, .doc = "Coluna do telefone"),
    INT(I, email_column, .doc = "Coluna do e-mail"),
    INT(I, document_column, .doc = "Coluna do CPF ou CNPJ"),
    TEXT(I, existing, .doc = "Quem já há: fill completa, keep deixa"),
    INT_OR_NULL(I, tag_id, .doc = "Etiqueta que todos ganham"),
    INT_OR_NULL(I, list_id, .doc = "Lista em que todos entram"),
    INT(I, total, .doc = "Linhas a importar"),
    INT(I, done, .doc = "Linhas que já passaram"),
    INT(I, created, .doc = "Contatos criados"),
    INT(I, filled, .doc = "Contatos completados"),
    INT(I, kept, .doc = "Contatos que já havia"),
    INT(I, refused, .doc = "Linhas recusadas"),
    INT(I, undone, .doc = "Contatos desfeitos"),
    TEXT(I, user_name, .nullable = true, .doc = "Quem importou"),
    JSON(I, sample, .schema = SAMPLE_SCHEMA,
         .doc = "As primeiras linhas, enquanto se escolhem as colunas"),
    TIME(I, created_at, .doc = "Quando o arquivo veio"),
    TIME(I, finished_at, .nullable = true, .doc = "Quando acabou"),
    FIELDS_END
};

/* ---- o arquivo ---- */

static enum err
bad_file(struct ctx *c, const char *rule, const char *text)
{
    return fail_field(c, "file", rule, "%s", text);
}

/* Planilhas, PDF e imagens têm bytes que texto nenhum tem. */
static bool
is_text(struct slice data)
{
    return memchr(data.data, '\0', data.len) == NULL &&
           (data.len < 4 || (memcmp(data.data, "PK\3\4", 4) != 0 &&
                             memcmp(data.data, "%PDF", 4) != 0 &&
                             memcmp(data.data, "\x89PNG", 4) != 0 &&
                             memcmp(data.data, "GIF8", 4) != 0 &&
                             memcmp(data.data, "\xFF\xD8\xFF", 3) != 0));
}

static enum err
csv_refused(struct ctx *c, enum csv_status s, int line)
{
    if (s == CSV_OPEN_QUOTE)
        return fail_field(c, "file", "quotes",
                          _("a linha %d abre aspas que não se fecham"), line);
    if (s == CSV_AFTER_QUOTE)
        return fail_field(c, "file", "quotes",
                          _("a linha %d tem texto depois das aspas que fecham"),
                          line);
    if (s == CSV_TOO_MANY)
        return fail_field(c, "file", "max",
                          _("a linha %d tem mais de 60 colunas"), line);
    return fail_field(c, "file", "max", _("a linha %d é longa demais"), line);
}

static enum err
load(struct ctx *c, struct slice text, char delimiter, struct contact_rows *out)
{
    struct csv_reader reader;
    enum csv_status s;
    struct str record;

    str_init(&out->rows, c->arena, text.len + text.len / 4 + 64);
    str_init(&record, c->arena, 1024);
    csv_open(&reader, text, delimiter);
    while ((s = csv_next(&reader, &record)) == CSV_RECORD) {
        if (out->count == CONTACT_IMPORT_ROWS)
            return bad_file(c, "max",
                            _("passa de 250 mil linhas: divida o arquivo"));
        if (reader.columns > out->width)
            out->width = reader.columns;
        contact_guess_row(&out->guess, c->arena, record.data, reader.columns);
        contact_rows_add(out, reader.line, record.data);
    }
    if (s != CSV_END)
        return csv_refused(c, s, reader.line);
    return out->count > 0 ? OK
                          : bad_file(c, "required", _("o arquivo está vazio"));
}

static const char *
delimiter_name(char delimiter)
{
    return delimiter == ';'    ? "semicolon"
           : delimiter == '\t' ? "tab"
           : delimiter == ','  ? "comma"
                               : "vcard";
}

static enum err
store(struct ctx *c, const struct q_contact_import_add_in *in,
      const struct contact_rows *l, I *out)
{
    struct q_contact_import_add_row added;
    struct q_contact_import_stage_row stage;
    struct q_contact_import_store_row stored;
    enum err e = q_contact_import_add(c, in, &added);

    if (e == OK)
        e = q_contact_import_stage(c, &stage);
    if (e == OK)
        e = db_copy(c, STAGE_COPY, (struct slice){ l->rows.data, l->rows.len });
    if (e == OK)
        e = q_contact_import_store(
            c, &(struct q_contact_import_store_in){ added.id }, &stored);
    return e != OK ? e
                   : q_contact_import_get(
                         c, &(struct q_contact_import_get_in){ added.id }, out);
}

enum err
contact_import_read(struct ctx *c, const struct upload *file, I *out)
{
    struct contact_rows l = { .count = 0 };
    struct slice text = file->data;
    bool is_utf8 = utf8_valid(text.data, text.len);
    int64_t gone;
    char delimiter;
    enum err e = q_contact_import_forget(c, &gone);

    if (e != OK)
        return e;
    if (text.len == 0)
        return bad_file(c, "required", _("o arquivo está vazio"));
    if (!is_text(text))
        return bad_file(c, "type",
                        _("isto não é um CSV nem um vCard: na planilha, salve "
                          "como CSV"));
    if (!is_utf8)
        text = utf8_from_windows(c->arena, text);
    delimiter = vcard_is(text) ? '\0' : csv_delimiter(text);
    e = delimiter == '\0' ? contact_cards_load(c, text, &l)
                          : load(c, text, delimiter, &l);
    if (e != OK)
        return e;
    contact_guess_end(&l.guess);
    return store(c,
                 &(struct q_contact_import_add_in){
                     .filename = arena_memdup(c->arena, file->filename,
                                              utf8_prefix(file->filename, 255)),
                     .delimiter = delimiter_name(delimiter),
                     .charset = is_utf8 ? "utf-8" : "latin-1",
                     .has_header = l.guess.has_header && l.count > 1,
                     .width = l.width,
                     .name_column = l.guess.columns[CONTACT_NAME],
                     .phone_column = l.guess.columns[CONTACT_PHONE],
                     .email_column = l.guess.columns[CONTACT_EMAIL],
                     .document_column = l.guess.columns[CONTACT_DOCUMENT],
                     .row_count = l.count },
                 &l, out);
}

/* ---- começar e desfazer ---- */

static void
check_column(struct ctx *c, const char *field, int64_t column, int64_t width)
{
    if (column < 0 || column > width)
        fail_field(c, field, "max", _("o arquivo só tem %lld colunas"),
                   (long long)width);
}

static enum err
check_plan(struct ctx *c, const struct contact_import_plan *p,
           const struct q_contact_import_lock_row *was)
{
    check_column(c, "nameColumn", p->name_column, was->width);
    check_column(c, "phoneColumn", p->phone_column, was->width);
    check_column(c, "emailColumn", p->email_column, was->width);
    check_column(c, "documentColumn", p->document_column, was->width);
    if (p->name_column + p->phone_column + p->email_column <= 0)
        fail_field(c, "nameColumn", "required", "%s",
                   _("diga onde está o nome, o telefone ou o e-mail"));
    if (!was->tag_known)
        fail_field(c, "tagId", "unknown", "%s", _("não há esta etiqueta"));
    if (!was->list_known)
        fail_field(c, "listId", "unknown", "%s", _("não há esta lista"));
    return c->fields != NULL ? ERR_INVALID : OK;
}

static enum err
enqueue(struct ctx *c, int64_t id, const char *what)
{
    return job_enqueue(
        c,
        &(struct job_new){
            .lane = LANE_REPORT,
            .kind = "contact.import",
            .serial_key = arena_printf(c->arena, "import:%" PRId64, id),
            .payload = arena_printf(
                c->arena, "{\"importId\":%" PRId64 ",\"%s\":1}", id, what) });
}

static enum err
note(struct ctx *c, const char *action, const I *i)
{
    struct str s;

    str_init(&s, c->arena, 80);
    str_puts(&s, "{\"filename\":");
    str_json(&s, i->filename);
    str_printf(&s, ",\"rows\":%" PRId64 "}", i->total);
    return audit_note(c, &(struct audit){ .action = action,
                                          .target_type = "contact_import",
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, i->id),
                                          .after = s.data });
}

/* Grava, enfileira e registra; `to` como ficou. */
static enum err
set_off(struct ctx *c, int64_t id, const char *what, const char *action, I *to)
{
    enum err e = enqueue(c, id, what);

    if (e == OK)
        e = q_contact_import_get(c, &(struct q_contact_import_get_in){ id },
                                 to);
    return e != OK ? e : note(c, action, to);
}

enum err
contact_import_start(struct ctx *c, const struct contact_import_plan *p, I *out)
{
    struct q_contact_import_lock_row was;
    int64_t changed;
    enum err e = q_contact_import_lock(
        c,
        &(struct q_contact_import_lock_in){
            .id = p->id, .tag_id = p->tag_id, .list_id = p->list_id },
        &was);

    if (e != OK)
        return e;
    if (strcmp(was.state, "draft") != 0)
        return fail(c, ERR_CONFLICT, "%s", _("esta importação já começou"));
    e = check_plan(c, p, &was);
    if (e == OK)
        e = q_contact_import_start(
            c,
            &(struct q_contact_import_start_in){
                .id = p->id,
                .has_header = p->has_header,
                .name_column = (int32_t)p->name_column,
                .phone_column = (int32_t)p->phone_column,
                .email_column = (int32_t)p->email_column,
                .document_column = (int32_t)p->document_column,
                .existing = p->existing != NULL ? p->existing : "fill",
                .tag_id = p->tag_id,
                .list_id = p->list_id },
            &changed);
    return e != OK ? e : set_off(c, p->id, "apply", "contacts.imported", out);
}

enum err
contact_import_undo(struct ctx *c, int64_t id, I *out)
{
    struct q_contact_import_lock_row was;
    int64_t changed;
    enum err e = q_contact_import_lock(
        c, &(struct q_contact_import_lock_in){ .id = id }, &was);

    if (e != OK)
        return e;
    if (strcmp(was.state, "done") != 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("só se desfaz uma importação que acabou, uma vez"));
    e = q_contact_import_undoing(c, &(struct q_contact_import_undoing_in){ id },
                                 &changed);
    return e != OK ? e : set_off(c, id, "undo", "contacts.import_undone", out);
}

const char *
contact_import_reason(const char *reason)
{
    static const struct {
        const char *reason, *text;
    } texts[] = {
        { "empty", N_("Não tem nome, telefone nem e-mail") },
        { "phone", N_("O telefone não é um número de telefone") },
        { "email", N_("O e-mail não é um endereço") },
        { "document", N_("O CPF ou CNPJ não confere") },
        { "repeated", N_("Repete uma linha anterior do arquivo") },
        { "taken", N_("Outra pessoa o criou ao mesmo tempo") },
    };
    size_t i;

    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(reason, texts[i].reason) == 0)
            return _(texts[i].text);
    return reason;
}
