/*
 * token.c - balcao token create|list|revoke: tokens de API sem navegador, para
 * scripts de instalação. Criar segue as regras da tela: só o que a pessoa pode.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/api_token.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/str.h"
#include "base/when.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_api_token.h"

struct asked {
    const char *email, *name, *scopes;
    int64_t days, company_id;
};

/* "a,b" -> "{a,b}", só com permissões que existem; NULL se há outra. */
static const char *
scopes_array(struct ctx *c, const char *scopes)
{
    char *words = arena_strdup(c->arena, scopes), *p;
    uint64_t mask;

    for (p = words; *p != '\0'; p++)
        if (*p == ',')
            *p = ' ';
    if (!permissions_parse(words, &mask) || mask == 0)
        return NULL;
    words = arena_printf(c->arena, "{%s}", permission_slugs(c->arena, mask));
    for (p = words; *p != '\0'; p++)
        if (*p == ' ')
            *p = ',';
    return words;
}

/* Faz do contexto a pessoa, na empresa em que o token vai valer. */
static enum err
become(struct ctx *c, const struct asked *o, bool *found)
{
    struct q_api_token_person_row who;
    enum err e =
        q_api_token_person(c,
                           &(struct q_api_token_person_in){
                               .email = o->email, .company_id = o->company_id },
                           &who, found);

    if (e == OK)
        e = db_commit(c);
    if (e != OK || !*found)
        return e;
    c->user_id = who.user_id;
    c->company_id = who.company_id;
    c->role = role_parse(who.role);
    c->permissions = permissions_of(c->role);
    if (who.permissions != NULL)
        permissions_parse(who.permissions, &c->permissions);
    c->user_agent = "balcao token create";
    return OK;
}

static int
say_why(const struct ctx *c, enum err e)
{
    const struct field_error *f = c->fields;

    return cli_fail("%s", f != NULL           ? f->detail
                          : c->detail != NULL ? c->detail
                                              : _(err_info(e)->title));
}

static int
create(struct ctx *c, const struct asked *o)
{
    struct api_token_made made;
    const char *scopes = scopes_array(c, o->scopes);
    bool found = false;
    enum err e;

    if (scopes == NULL)
        return cli_fail(_("--scopes: escolha entre %s"), permission_words);
    if (utf8_length(o->name) > 80 || !utf8_valid(o->name, strlen(o->name)))
        return cli_fail("%s", _("--name: até 80 caracteres"));
    e = become(c, o, &found);
    if (e == OK && !found)
        return cli_fail("%s", _("ninguém com esse e-mail entra nessa empresa"));
    if (e == OK)
        e = api_token_create(c,
                             &(struct api_token_new){ .name = o->name,
                                                      .scopes = scopes,
                                                      .life_days = o->days },
                             &made);
    if (e == OK)
        e = db_commit(c);
    if (e != OK)
        return say_why(c, e);
    fprintf(stderr, "%s\n", _("guarde agora: o segredo não aparece de novo"));
    printf("%s\n", made.token);
    return CLI_OK;
}

static const char *
status_of(const struct q_api_token_row *t)
{
    if (t->revoked_at != NULL)
        return _("revogado");
    if (t->expires_at != NULL && when_parse(t->expires_at) <= clock_now_ms())
        return _("venceu");
    return _("vale");
}

static int
list(struct ctx *c)
{
    struct q_api_token_list_in q = { .everyone = true,
                                     .before_id = INT64_MAX,
                                     .max = 500 };
    struct q_api_token_row *rows;
    int count = 0, i;

    do {
        enum err e = q_api_token_list(c, &q, &rows, &count);

        if (e == OK)
            e = db_commit(c);
        if (e != OK)
            return say_why(c, e);
        for (i = 0; i < count; i++)
            printf("%" PRId64 "\t%s…\t%s\t%s\t%s\t%s\t%s\n", rows[i].id,
                   rows[i].prefix, status_of(&rows[i]),
                   text_visible(c->arena, rows[i].user_name),
                   text_visible(c->arena, rows[i].name), rows[i].scopes,
                   rows[i].expires_at != NULL ? rows[i].expires_at : "-");
        if (count > 0)
            q.before_id = rows[count - 1].id;
        arena_reset(c->arena);
    } while (count == q.max);
    return CLI_OK;
}

static int
revoke(struct ctx *c, const char *number)
{
    struct q_api_token_revoke_row row;
    bool found = false;
    int64_t id;
    enum err e;

    if (!parse_int64(number, &id))
        return cli_fail(_("%s não é um número de token"), number);
    e = q_api_token_revoke(
        c, &(struct q_api_token_revoke_in){ .id = id, .everyone = true }, &row,
        &found);
    if (e == OK)
        e = db_commit(c);
    if (e != OK)
        return say_why(c, e);
    if (!found)
        return cli_fail(_("não há o token %s"), number);
    puts(_("revogado: ele já não vale"));
    return CLI_OK;
}

/* Criar obedece às políticas do banco; listar e revogar são da instalação. */
int
cmd_token(const struct command *self, int argc, char **argv)
{
    struct asked o = { .days = 90 };
    const struct cli_option options[] = {
        { CLI_TEXT, "email", &o.email, N_("E-MAIL"),
          N_("create: de quem é o token"), 0, 0 },
        { CLI_TEXT, "name", &o.name, N_("NOME"),
          N_("create: para reconhecê-lo"), 0, 0 },
        { CLI_TEXT, "scopes", &o.scopes, N_("A,B"),
          N_("create: permissões, separadas por vírgula"), 0, 0 },
        { CLI_INT, "days", &o.days, N_("DIAS"),
          N_("create: quantos dias vale; 0: sem prazo (padrão: 90)"), 0, 3650 },
        { CLI_INT, "company", &o.company_id, N_("NÚMERO"),
          N_("create: em que empresa (padrão: a que a pessoa usa)"), 1,
          INT64_MAX },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), rest = argc - at, rc;
    const char *verb = rest > 0 ? argv[at] : "";
    struct ctx c;
    bool makes = strcmp(verb, "create") == 0 && rest == 1;

    if (makes && (o.email == NULL || o.name == NULL || o.name[0] == '\0' ||
                  o.scopes == NULL))
        return cli_usage(self, "%s",
                         _("diga: token create --email --name --scopes"));
    if (!makes && !(strcmp(verb, "list") == 0 && rest == 1) &&
        !(strcmp(verb, "revoke") == 0 && rest == 2))
        return cli_usage(self, "%s",
                         _("diga: token create, list ou revoke NÚMERO"));
    cli_open(&c, makes ? conf()->database_url : cli_owner_url());
    rc = makes       ? create(&c, &o)
         : rest == 2 ? revoke(&c, argv[at + 1])
                     : list(&c);
    cli_close(&c);
    return rc;
}
