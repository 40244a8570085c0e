/* input_file.c - os arquivos de um formulário multipart, pela tabela. */
#include <string.h>

#include "base/i18n.h"
#include "http/input_internal.h"
#include "http/multipart.h"
#include "http/route.h"

const struct upload *
input_file(struct req *r, const struct field *f, const char *name)
{
    const struct upload *file = req_file(r, name);
    struct ctx *c = &r->ctx;

    if (file == NULL)
        return NULL;
    if ((int64_t)file->data.len < (f->min > 0 ? f->min : 1))
        fail_field(c, name, "min", "%s", _("o arquivo está vazio ou cortado"));
    else if (f->max > 0 && (int64_t)file->data.len > f->max)
        fail_field(c, name, "max", _("o arquivo pode ter no máximo %lld bytes"),
                   (long long)f->max);
    else if (f->one_of != NULL && !words_have(f->one_of, file->type))
        fail_field(c, name, "one_of", _("precisa ser um destes: %s"),
                   f->one_of);
    return file;
}

static const struct field *
body_field(const struct field *table, const char *key)
{
    char name[64];

    for (; table != NULL && table->kind != FIELD_END; table++)
        if (table->from == BODY &&
            strcmp(field_json_name(table, name), key) == 0)
            return table;
    return NULL;
}

static void
check_part(struct req *r, const struct part *part)
{
    const struct field *f = body_field(r->route->in, part->name);
    struct ctx *c = &r->ctx;

    if (strcmp(part->name, "_csrf") == 0 || (f == NULL && r->route->html))
        return;
    if (f == NULL)
        fail_field(c, part->name, "unknown", "%s", _("campo desconhecido"));
    else if (multipart_find(r->parts, part->name) != part)
        fail_field(c, part->name, "repeated", "%s", _("veio mais de uma vez"));
    else if ((f->kind == FIELD_FILE) != part->is_file)
        fail_field(c, part->name, "type", _("precisa ser %s"),
                   part->is_file ? _("um texto") : _("um arquivo"));
    else if (!part->is_file && req_form(r, part->name) == NULL)
        fail_field(c, part->name, "encoding", "%s",
                   _("não é um texto UTF-8 bem codificado"));
}

void
input_check_parts(struct req *r)
{
    int i;

    for (i = 0; r->parts != NULL && i < r->parts->count; i++)
        check_part(r, &r->parts->parts[i]);
}
