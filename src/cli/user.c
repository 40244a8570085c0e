/* user.c - balcao user create-admin|reset-password|list. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "account/email.h"
#include "account/notices.h"
#include "auth/login.h"
#include "auth/one_time.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_register.h"

enum { LINE_MAX_BYTES = 256, GENERATED_CHARS = 20, ERRORS_MAX_BYTES = 500 };

struct secret {
    char text[LINE_MAX_BYTES];
    bool is_generated;
};

/* O que há de errado, uma linha por campo. */
static int
refuse(const struct ctx *c)
{
    const struct field_error *f;
    char all[ERRORS_MAX_BYTES] = "";
    size_t n = 0;

    for (f = c->fields; f != NULL && n < sizeof all; f = f->next)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s: %s",
                              n > 0 ? "; " : "", f->field, f->detail);
    if (n == 0)
        snprintf(all, sizeof all, "%s",
                 c->detail != NULL ? c->detail : _(err_info(c->error)->title));
    return cli_fail("%s", all);
}

/* ---- a senha: nunca em argumento, que todo processo vê ---- */

static bool
read_line(char out[static LINE_MAX_BYTES])
{
    if (fgets(out, LINE_MAX_BYTES, stdin) == NULL)
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

static bool
prompt(const char *text, char out[static LINE_MAX_BYTES])
{
    struct termios was, quiet;
    bool is_tty = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &was) == 0;
    bool good;

    if (!is_tty)
        return read_line(out);
    fprintf(stderr, "%s: ", text);
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    good = read_line(out);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
    fputc('\n', stderr);
    return good;
}

static void
generate(struct secret *s)
{
    char opaque[TOKEN_OPAQUE_CHARS + 1];

    token_opaque(opaque);
    snprintf(s->text, sizeof s->text, "%.*s", GENERATED_CHARS, opaque);
    s->is_generated = true;
}

/* Vazia, ou sem entrada: uma sorteada, que se mostra uma vez. */
static bool
read_password(struct secret *s)
{
    struct secret again = { .text = "" };
    bool same;

    if (!prompt(_("Senha (vazia: uma sorteada)"), s->text) ||
        s->text[0] == '\0') {
        generate(s);
        return true;
    }
    if (!isatty(STDIN_FILENO))
        return true;
    same = prompt(_("De novo"), again.text) && strcmp(s->text, again.text) == 0;
    OPENSSL_cleanse(&again, sizeof again);
    return same;
}

/* ---- create-admin ---- */

struct admin_in {
    const char *email, *name, *company;
    bool as_super;
};

/* A empresa pelo nome ou número; sem opção, a única; que não existe, nasce. */
static enum err
pick_company(struct ctx *c, const struct admin_in *in, int64_t *id)
{
    const char *wanted = in->company != NULL ? in->company : "";
    struct q_admin_company_create_row made;
    struct q_admin_company_named_row *rows;
    int count;
    enum err e;

    *id = 0;
    if (in->company == NULL && in->as_super)
        return OK;
    e = q_admin_company_named(
        c, &(struct q_admin_company_named_in){ .name = wanted }, &rows, &count);
    if (e != OK)
        return e;
    if (count > 1)
        return fail(c, ERR_CONFLICT, "%s",
                    _("há mais de uma empresa; diga o número em --company"));
    if (count == 1) {
        *id = rows[0].id;
        return OK;
    }
    if (wanted[0] == '\0')
        return fail(c, ERR_NOT_FOUND, "%s",
                    _("não há empresa; diga o nome em --company, e ela nasce"));
    e = q_admin_company_create(
        c, &(struct q_admin_company_create_in){ .name = wanted }, &made);
    *id = made.id;
    return e;
}

static enum err
make_hash(struct ctx *c, const struct admin_in *in, const char *email,
          const struct secret *s, char hash[static PASSWORD_HASH_CHARS + 1])
{
    struct slice plain = { s->text, strlen(s->text) };
    enum err e = OK;

    if (!s->is_generated)
        e = password_policy_check(c, "password", plain, email, in->name);
    return e == OK ? password_hash(c, plain, hash) : e;
}

/* Quem já tem conta, e provou o e-mail, fica com a senha que tem; a outra pode
 * ter sido feita por quem não devia, e ganha uma senha nova. */
static enum err
create_admin(struct ctx *c, const struct admin_in *in, struct secret *s,
             struct q_admin_create_row *row)
{
    char hash[PASSWORD_HASH_CHARS + 1] = "";
    struct q_user_by_email_row known = { .verified = false };
    const char *email;
    int64_t company;
    bool found = false, keeps;
    enum err e = email_check(c, "email", in->email, &email);

    if (e == OK)
        e = q_user_by_email(c, &(struct q_user_by_email_in){ .email = email },
                            &known, &found);
    keeps = found && known.verified;
    if (e == OK && !keeps && !read_password(s))
        e = fail_field(c, "password", "match", "%s",
                       _("as duas não são iguais"));
    if (e == OK && !keeps)
        e = make_hash(c, in, email, s, hash);
    if (e == OK)
        e = pick_company(c, in, &company);
    if (e == OK)
        e = q_admin_create(
            c,
            &(struct q_admin_create_in){ .email = email,
                                         .name = in->name,
                                         .password_hash = hash,
                                         .company_id = company,
                                         .as_super = in->as_super },
            row);
    return e == OK ? db_commit(c) : e;
}

static int
run_create_admin(const struct admin_in *in)
{
    struct secret s = { .text = "" };
    struct q_admin_create_row row;
    struct ctx c;
    int status = CLI_OK;

    cli_open(&c, cli_owner_url());
    if (create_admin(&c, in, &s, &row) != OK) {
        status = refuse(&c);
    } else if (!row.is_new && row.password_set) {
        printf(_("%s já tinha conta (%" PRId64 "), de e-mail não provado: "
                 "agora administra, com a senha de agora\n"),
               in->email, row.user_id);
        if (s.is_generated)
            printf(_("senha, que não aparece de novo: %s\n"), s.text);
    } else if (!row.is_new) {
        printf(_("%s já tinha conta (%" PRId64 "): agora administra; a senha "
                 "é a de antes\n"),
               in->email, row.user_id);
    } else {
        printf(_("%s criada (%" PRId64 ")\n"), in->email, row.user_id);
        if (s.is_generated)
            printf(_("senha, que não aparece de novo: %s\n"), s.text);
    }
    OPENSSL_cleanse(&s, sizeof s);
    cli_close(&c);
    return status;
}

/* ---- reset-password ---- */

static enum err
reset_link(struct ctx *c, const char *email, bool by_mail,
           char token[static TOKEN_OPAQUE_CHARS + 1])
{
    struct auth_account account;
    bool found;
    enum err e = auth_find_account(c, email, 0, &account, &found);

    if (e == OK && !found)
        return fail(c, ERR_NOT_FOUND, "%s", _("não há conta com este e-mail"));
    if (e == OK)
        e = one_time_create(
            c,
            &(struct one_time_new){ .purpose = ONE_TIME_RESET,
                                    .user_id = account.user.id,
                                    .address = account.user.email,
                                    .life_s = ONE_TIME_RESET_S },
            token);
    if (e == OK && by_mail)
        e = notice_reset(c, &account.user, token);
    return e == OK ? db_commit(c) : e;
}

static int
run_reset(const char *email, bool by_mail)
{
    char token[TOKEN_OPAQUE_CHARS + 1];
    struct ctx c;
    int status = CLI_OK;

    cli_open(&c, conf()->database_url);
    if (reset_link(&c, email, by_mail, token) != OK)
        status = refuse(&c);
    else if (by_mail)
        printf(_("link mandado a %s\n"), email);
    else
        printf(_("serve uma vez, por %d minutos:\n%s/reset?token=%s\n"),
               ONE_TIME_RESET_S / 60, conf()->base_url, token);
    OPENSSL_cleanse(token, sizeof token);
    cli_close(&c);
    return status;
}

/* ---- list ---- */

static int
run_list(void)
{
    struct q_user_list_all_row *rows;
    int count, i, status = CLI_OK;
    struct ctx c;

    cli_open(&c, cli_owner_url());
    if (q_user_list_all(&c, &rows, &count) != OK)
        status = refuse(&c);
    for (i = 0; status == CLI_OK && i < count; i++)
        printf("%" PRId64 "\t%s\t%s\t%s%s\t%s\n", rows[i].id,
               text_visible(c.arena, rows[i].email),
               text_visible(c.arena, rows[i].name),
               rows[i].is_super ? "super" : "-",
               rows[i].disabled ? " disabled" : "",
               rows[i].companies != NULL
                   ? text_visible(c.arena, rows[i].companies)
                   : "-");
    cli_close(&c);
    return status;
}

int
cmd_user(const struct command *self, int argc, char **argv)
{
    struct admin_in in = { 0 };
    bool by_mail = false;
    const struct cli_option options[] = {
        { CLI_TEXT, "email", &in.email, N_("ENDEREÇO"),
          N_("e-mail da conta (create-admin)"), 0, 0 },
        { CLI_TEXT, "name", &in.name, N_("NOME"),
          N_("nome da pessoa (create-admin)"), 0, 0 },
        { CLI_TEXT, "company", &in.company, N_("NOME"),
          N_("empresa, por nome ou número; se não existe, nasce"), 0, 0 },
        { CLI_FLAG, "super", &in.as_super, NULL,
          N_("administra a plataforma inteira"), 0, 0 },
        { CLI_FLAG, "mail", &by_mail, NULL,
          N_("manda o link por e-mail em vez de mostrá-lo (reset-password)"), 0,
          0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options);
    const char *what = at < argc ? argv[at] : "";

    if (strcmp(what, "list") == 0 && at == argc - 1)
        return run_list();
    if (strcmp(what, "reset-password") == 0 && at == argc - 2)
        return run_reset(argv[at + 1], by_mail);
    if (strcmp(what, "create-admin") != 0 || at != argc - 1)
        return cli_usage(self, "%s",
                         _("diga o que fazer: create-admin, reset-password "
                           "EMAIL ou list"));
    if (in.email == NULL || in.name == NULL || in.name[0] == '\0')
        return cli_usage(self, "%s", _("faltam --email e --name"));
    return run_create_admin(&in);
}
