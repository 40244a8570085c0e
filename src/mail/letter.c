/* letter.c - um modelo, três formas. */
#include "mail/letter.h"

#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "view/page.h"

/*
 * O modo página só sabe escrever HTML. Texto é o mesmo HTML com as cinco
 * entidades de str_html desfeitas; nada mais é interpretado.
 */
static struct slice
unescape(struct arena *a, const struct str *in)
{
    static const struct {
        const char *from;
        char to;
    } table[] = { { "&amp;", '&' },
                  { "&lt;", '<' },
                  { "&gt;", '>' },
                  { "&quot;", '"' },
                  { "&#39;", '\'' } };
    struct str out;
    size_t i, k;

    str_init(&out, a, in->len + 1);
    for (i = 0; i < in->len; i++) {
        for (k = 0; in->data[i] == '&' && k < 5; k++)
            if (strncmp(in->data + i, table[k].from, strlen(table[k].from)) ==
                0)
                break;
        if (in->data[i] != '&' || k == 5) {
            str_putc(&out, in->data[i]);
            continue;
        }
        str_putc(&out, table[k].to);
        i += strlen(table[k].from) - 1;
    }
    return (struct slice){ out.data, out.len };
}

static bool
write_part(struct arena *a, const char *page, struct json_object *model,
           const char *part, struct str *out)
{
    static const char *const parts[] = { "subject", "text", "html" };
    size_t i;

    for (i = 0; i < 3; i++)
        json_object_object_add(
            model, parts[i],
            json_object_new_boolean(strcmp(parts[i], part) == 0));
    str_init(out, a, 1024);
    return page_render(a, page, model, out);
}

/* O assunto é uma linha só. */
static const char *
one_line(struct arena *a, struct slice text)
{
    char *copy = arena_memdup(a, text.data, text.len);
    size_t n = text.len;

    while (n > 0 && (unsigned char)copy[n - 1] <= ' ')
        copy[--n] = '\0';
    return copy;
}

/* As linhas de um e-mail acabam em CRLF (RFC 5322 seção 2.1). */
static struct slice
with_crlf(struct arena *a, struct slice in)
{
    struct str out;
    size_t i;

    str_init(&out, a, in.len + in.len / 16 + 1);
    for (i = 0; i < in.len; i++) {
        if (in.data[i] == '\n')
            str_putc(&out, '\r');
        if (in.data[i] != '\r')
            str_putc(&out, in.data[i]);
    }
    return (struct slice){ out.data, out.len };
}

const char *
letter_write(struct arena *a, const char *name, struct json_object *model,
             struct letter *out)
{
    const char *page = arena_printf(a, "mail/%s", name);
    struct json_object *own = json_object_get(model);
    struct str part;
    bool good;

    if (own == NULL)
        own = json_object_new_object();
    json_object_object_add(own, "site",
                           json_object_new_string(conf()->base_url));
    json_object_object_add(own, "lang", json_object_new_string(i18n_lang()));
    good = write_part(a, page, own, "subject", &part);
    if (good)
        out->subject = one_line(a, unescape(a, &part));
    good = good && write_part(a, page, own, "text", &part);
    if (good)
        out->text = with_crlf(a, unescape(a, &part));
    good = good && write_part(a, page, own, "html", &part);
    out->html = with_crlf(a, (struct slice){ part.data, part.len });
    json_object_put(own);
    return good ? NULL : arena_strdup(a, page_error());
}
