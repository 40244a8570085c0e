/* jwks.c - da tabela de chaves à lista publicada. */
#include "auth/jwks.h"

#include "auth/token_keys.h"

static void
put_member(struct str *s, const char *name, const char *value)
{
    if (value == NULL)
        return;
    str_printf(s, "%s\"%s\":", s->data[s->len - 1] == '{' ? "" : ",", name);
    str_json(s, value);
}

static void
put_key(struct str *s, const struct token_key *k)
{
    str_puts(s, s->len > 1 ? ",{" : "{");
    put_member(s, "kty", k->jwk.kty);
    put_member(s, "crv", k->jwk.crv);
    put_member(s, "x", k->jwk.x);
    put_member(s, "y", k->jwk.y);
    put_member(s, "n", k->jwk.n);
    put_member(s, "e", k->jwk.e);
    put_member(s, "alg", key_alg_name(k->alg));
    put_member(s, "use", "sig");
    put_member(s, "kid", k->kid);
    str_putc(s, '}');
}

const char *
jwks_list(struct arena *a)
{
    const struct token_key *k;
    struct str s;
    int i;

    str_init(&s, a, 512);
    str_putc(&s, '[');
    for (i = 0; (k = token_key_at(i)) != NULL; i++)
        if (k->jwk.kty != NULL)
            put_key(&s, k);
    str_putc(&s, ']');
    return s.data;
}
