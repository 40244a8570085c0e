/*
 * contact_export_xlsx.c - os contatos numa planilha. A libxlsxwriter escreve
 * linha por linha num arquivo de passagem (memória constante); pronto, ele sai
 * em pedaços e some.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "app/contact_export.h"
#include "base/i18n.h"
#include "base/log.h"

#define PART_BYTES 262144
#define ROWS_MAX 1048576 /* do formato */
#define WIDE 28
#define ROW struct q_contact_export_row
#define FIELD struct q_custom_field_row

struct sheet {
    lxw_workbook *book; /* NULL: já fechado */
    lxw_worksheet *page;
    lxw_row_t next;
    const FIELD *fields;
    int field_count;
    char path[256];
    int fd; /* do arquivo pronto; -1: ainda não */
};

/* Também quem foi embora no meio não deixa nada no disco. */
static void
clean(void *object)
{
    struct sheet *s = object;

    if (s->book != NULL)
        workbook_close(s->book);
    s->book = NULL;
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    unlink(s->path);
}

static enum err
begin(struct req *r, const FIELD *fields, int count, void **state)
{
    const char *folder = getenv("TMPDIR"), *title;
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    struct sheet *s = arena_alloc(r->ctx.arena, sizeof *s);
    lxw_format *bold;
    int i, fd;

    *s = (struct sheet){ .fields = fields, .field_count = count, .fd = -1 };
    *state = s;
    snprintf(s->path, sizeof s->path, "%s/balcao-xlsx-XXXXXX",
             folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    fd = mkstemp(s->path);
    if (fd < 0) {
        log_error("planilha: %s: %s", s->path, strerror(errno));
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    }
    close(fd);
    arena_defer(r->ctx.arena, clean, s);
    s->book = workbook_new_opt(s->path, &options);
    s->page = workbook_add_worksheet(s->book, NULL);
    bold = workbook_add_format(s->book);
    format_set_bold(bold);
    for (i = 0; (title = contact_export_title(i)) != NULL; i++)
        worksheet_write_string(s->page, 0, (lxw_col_t)i, title, bold);
    for (count = 0; count < s->field_count; count++)
        worksheet_write_string(s->page, 0, (lxw_col_t)(i + count),
                               fields[count].label, bold);
    worksheet_set_column(s->page, 0, (lxw_col_t)(i + count), WIDE, NULL);
    worksheet_freeze_panes(s->page, 1, 0);
    s->next = 1;
    str_puts(&r->out, "");
    return OK;
}

static void
custom(struct sheet *s, lxw_col_t first, const char *text)
{
    struct json_object *values =
        strcmp(text, "{}") != 0 ? json_tokener_parse(text) : NULL;
    struct json_object *v;
    int i;

    for (i = 0; i < s->field_count; i++)
        if (json_object_object_get_ex(values, s->fields[i].key, &v) &&
            v != NULL)
            worksheet_write_string(s->page, s->next, (lxw_col_t)(first + i),
                                   json_object_get_string(v), NULL);
    json_object_put(values);
}

/* Tudo como texto: um telefone não é um número, e nada vira fórmula. */
static enum err
add_rows(struct req *r, void *state, const ROW *rows, int count)
{
    struct sheet *s = state;
    const ROW *k;
    int i;

    for (k = rows; k < rows + count && s->next < ROWS_MAX; k++) {
        for (i = 0; contact_export_title(i) != NULL; i++) {
            const char *text = contact_export_cell(r->ctx.arena, k, i);

            if (text != NULL && text[0] != '\0')
                worksheet_write_string(s->page, s->next, (lxw_col_t)i, text,
                                       NULL);
        }
        custom(s, (lxw_col_t)i, k->custom);
        s->next++;
    }
    return OK;
}

/* Fecha o arquivo na primeira vez, e manda um pedaço. */
static enum err
send_part(struct req *r, void *state, bool *more)
{
    char *data = arena_alloc(r->ctx.arena, PART_BYTES);
    struct sheet *s = state;
    ssize_t got;

    if (s->book != NULL) {
        lxw_error bad = workbook_close(s->book);

        s->book = NULL;
        s->fd = bad == LXW_NO_ERROR ? open(s->path, O_RDONLY | O_CLOEXEC) : -1;
        if (s->fd < 0) {
            log_error("planilha: %s", bad != LXW_NO_ERROR ? lxw_strerror(bad)
                                                          : strerror(errno));
            return fail(&r->ctx, ERR_INTERNAL, NULL);
        }
    }
    got = read(s->fd, data, PART_BYTES);
    if (got < 0) {
        log_error("planilha: %s", strerror(errno));
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    }
    str_add(&r->out, data, (size_t)got);
    *more = got == PART_BYTES;
    return OK;
}

const struct contact_format contact_xlsx = { .type = CONTACT_XLSX_TYPE,
                                             .suffix = "xlsx",
                                             .open = begin,
                                             .rows = add_rows,
                                             .rest = send_part };
