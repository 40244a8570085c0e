/*
 * form_fuzz.c - query, formulário e cookies: três linhas e o resto como
 * formulário. Quem lê por nome e quem lê em ordem veem as mesmas coisas.
 */
#include <string.h>

#include "http/route.h"
#include "kit.h"

/*
 * Todo nome que a leitura em ordem dá, a leitura por nome também acha; menos
 * quando o primeiro valor dele está mal codificado, que uma pula e a outra
 * recusa.
 */
static void
check_form(struct req *r)
{
    const char *name, *value;
    size_t at = 0, last = 0;
    bool clean = utf8_valid(r->body.data, r->body.len) &&
                 memchr(r->body.data, '%', r->body.len) == NULL &&
                 memchr(r->body.data, '\0', r->body.len) == NULL;

    while (req_form_next(r, &at, &name, &value)) {
        need(at > last);
        last = at;
        need_text(name);
        need_text(value);
        need(req_form(r, name) != NULL || !clean);
    }
}

/* O que se escreve codificado é o que se lê de volta. */
static void
check_round_trip(struct arena *a, struct req *r, const char *value)
{
    struct str s;

    if (!utf8_valid(value, strlen(value)))
        return;
    str_init(&s, a, 100);
    str_puts(&s, "zz=1&q%20=");
    str_url(&s, value, strlen(value));
    str_puts(&s, "&q%20=outro");
    r->query = s.data;
    need(strcmp(req_query(r, "q "), value) == 0);
    need(strcmp(req_query(r, "zz"), "1") == 0 && req_query(r, "z") == NULL);
}

static void
check_cookie(struct req *r, const char *name)
{
    const char *value = req_cookie(r, name);

    need(value == NULL || strchr(value, ';') == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice rest = { (const char *)data, size };
    const char *name = fuzz_cut_text(a, &rest, '\n');
    const char *query = fuzz_cut_text(a, &rest, '\n');
    const char *cookie = fuzz_cut_text(a, &rest, '\n'), *value;
    struct fuzz_io f;
    struct req r = { .query = query };
    char *text = arena_printf(a,
                              "POST /x\nCookie: %s\nContent-Type: "
                              "application/x-www-form-urlencoded\n\n",
                              cookie);

    fuzz_io_init(&f, a, (struct slice){ text, strlen(text) });
    r.io = &f.io;
    r.ctx.arena = a;
    r.body = (struct slice){ arena_memdup(a, rest.data, rest.len), rest.len };
    value = req_query(&r, name);
    if (value != NULL)
        need_text(value);
    value = req_form(&r, name);
    if (value != NULL)
        need_text(value);
    check_cookie(&r, name);
    check_cookie(&r, "balcao");
    check_form(&r);
    check_round_trip(a, &r, query);
    arena_free(a);
    return 0;
}
