/*
 * secrets_test.c - balcao secrets: o que os cifradores de verdade cifraram
 * com um segredo abre, depois da troca, só com o novo.
 */
#include "harness.h"

#include <inttypes.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "auth/keys.h"
#include "auth/secret_box.h"
#include "auth/token_keys.h"
#include "auth/two_factor.h"
#include "auth/vapid.h"
#include "base/conf.h"
#include "db/db.h"
#include "desk/push.h"

#define OLD_SECRET \
    "1111111111111111111111111111111111111111111111111111111111111111"
#define NEW_SECRET \
    "2222222222222222222222222222222222222222222222222222222222222222"
#define THIRD_SECRET \
    "3333333333333333333333333333333333333333333333333333333333333333"

static char base[64]; /* banco com a demonstração, recriado a cada teste */
static char output[65536];
static int64_t person; /* quem tem segunda etapa */
static unsigned char totp[TOTP_SECRET_BYTES] = "vinte bytes secretos";

static const char *
url_of(const char *role)
{
    return text("postgresql:///%s?host=%s&user=%s", base, getenv("TEST_PG"),
                role);
}

/* Roda `balcao …` com a saída e o erro em output; devolve o que ele disse. */
static int
balcao(const char *arguments)
{
    FILE *f = popen(text("export BALCAO_DATABASE_URL='%s' "
                         "BALCAO_DATABASE_OWNER_URL='%s' "
                         "BALCAO_SMTP_URL=smtp://127.0.0.1:1 "
                         "BALCAO_MAIL_FROM=nao-responda@balcao.test "
                         "LC_ALL=C LANG=pt_BR.UTF-8; %s/bin/balcao %s 2>&1",
                         url_of("balcao_app"), url_of("balcao_owner"),
                         getenv("BUILD"), arguments),
                    "r");
    size_t n;
    int status;

    assert_non_null(f);
    n = fread(output, 1, sizeof output - 1, f);
    output[n] = '\0';
    status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
assert_says(const char *what)
{
    if (strstr(output, what) == NULL)
        fail_msg("esperava \"%s\" em:\n%s", what, output);
}

/* Uma célula do banco da demonstração, como superusuário. */
static const char *
cell(const char *query)
{
    FILE *f =
        popen(text("PGOPTIONS='-c search_path=balcao' psql -X -q -A -t "
                   "-h '%s' -U '%s' -d %s -c \"%s\"",
                   getenv("TEST_PG"), getenv("TEST_PG_USER"), base, query),
              "r");
    size_t n = fread(output, 1, sizeof output - 1, f);

    assert_int_equal(pclose(f), 0);
    while (n > 0 && output[n - 1] == '\n')
        n--;
    output[n] = '\0';
    return text("%s", output);
}

/* O segredo atual e os anteriores, para os comandos e para este processo. */
static void
use_secrets(const char *current, const char *previous)
{
    struct conf *here = (struct conf *)(uintptr_t)conf();

    setenv("BALCAO_APP_SECRET", current, 1);
    setenv("BALCAO_APP_SECRET_PREVIOUS", previous, 1);
    here->app_secret = current;
    here->app_secret_previous = previous;
    token_keys_forget();
    keys_forget();
}

static struct ctx
system_ctx(void)
{
    return (struct ctx){ .arena = arena_new(4096),
                         .db = db_new(url_of("balcao_app")),
                         .token_version = -1 };
}

static void
close_ctx(struct ctx *c)
{
    db_rollback(c);
    db_close(c->db);
    arena_free(c->arena);
}

static void
enable_two_factor(void)
{
    char codes[RECOVERY_CODES][RECOVERY_CODE_CHARS + 1];
    struct ctx c = system_ctx();

    assert_int_equal(two_factor_enable(&c, person, totp, 0, codes), OK);
    assert_int_equal(db_commit(&c), OK);
    close_ctx(&c);
}

/* O código de agora passa, com os segredos que este processo tem? */
static bool
two_factor_opens(void)
{
    struct ctx c = system_ctx();
    char code[7];
    bool passes;

    oath_totp_generate((const char *)totp, sizeof totp, time(NULL), 30, 0, 6,
                       code);
    assert_int_equal(two_factor_check(&c, person, code, &passes, NULL), OK);
    close_ctx(&c); /* sem gravar: o código serve de novo */
    return passes;
}

/* O worker abriu a carta? Aberta, falha por não achar o servidor. */
static bool
mail_opens(void)
{
    cell("UPDATE jobs SET state = 'ready', attempts = 0, last_error = NULL, "
         "run_at = now() WHERE kind = 'mail.send'");
    assert_int_equal(balcao("work --for 1s"), 0);
    return strcmp(cell("SELECT bool_and(state <> 'dead' AND coalesce("
                       "last_error, '') NOT LIKE '%lacre%') FROM jobs "
                       "WHERE kind = 'mail.send'"),
                  "t") == 0;
}

/* Um aparelho da pessoa, inscrito por quem os inscreve. */
static void
subscribe(void)
{
    struct conf *here = (struct conf *)(uintptr_t)conf();
    const char *path = text("/tmp/balcao-push-secrets.%d", (int)getpid());
    struct ctx c = system_ctx();
    struct q_push_device out;

    c.company_id = 1;
    c.user_id = person;
    here->push_key_file = path;
    assert_true(vapid_key_create(path));
    assert_int_equal(
        push_subscribe(
            &c,
            &(struct push_new){
                .endpoint = "https://push.example.com/x",
                .p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AY"
                          "WXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                .auth = "BTBZMqHH6r4Tts7J_aSIgg" },
            &out),
        OK);
    assert_int_equal(db_commit(&c), OK);
    close_ctx(&c);
    unlink(path);
    vapid_forget();
    here->push_key_file = "";
}

static bool
push_opens(void)
{
    const char *hex = cell("SELECT encode(secrets, 'hex') FROM "
                           "push_subscriptions");
    unsigned char raw[1000];
    struct arena *a = arena_new(4096);
    struct slice plain;
    bool good =
        hex_decode(hex, raw, strlen(hex) / 2) &&
        secret_box_open(a, text("push:1:%" PRId64, person),
                        (struct slice){ (const char *)raw, strlen(hex) / 2 },
                        &plain) &&
        strstr(plain.data, "push.example.com") != NULL;

    arena_free(a);
    return good;
}

static int
fresh(void **state)
{
    if (harness_reset(state) != 0)
        return 1;
    snprintf(base, sizeof base, "balcao_secrets_%d", (int)getpid());
    sql("DROP DATABASE IF EXISTS %s WITH (FORCE)", base);
    sql("CREATE DATABASE %s TEMPLATE balcao_template OWNER balcao_owner", base);
    use_secrets(OLD_SECRET, "");
    assert_int_equal(balcao("seed demo"), 0);
    assert_int_equal(balcao("mail test alguem@exemplo.test"), 0);
    person = strtoll(cell("SELECT min(id) FROM users"), NULL, 10);
    enable_two_factor();
    return 0;
}

static const char *own_secret; /* o de antes, que é devolvido no fim */

static int
setup(void **state)
{
    int failed = harness_setup(state);

    own_secret = conf()->app_secret;
    return failed;
}

static int
clean(void **state)
{
    UNUSED;
    use_secrets(own_secret, "");
    sql("DROP DATABASE IF EXISTS %s WITH (FORCE)", base);
    return 0;
}

TEST(rotated_secrets_open_with_the_new_one_alone)
{
    UNUSED;
    subscribe();
    assert_true(two_factor_opens());
    assert_true(push_opens());
    use_secrets(NEW_SECRET, "");
    assert_false(two_factor_opens()); /* o teste enxerga a falha */
    assert_false(push_opens());
    assert_false(mail_opens());
    assert_int_equal(balcao("demo-info"), 1);

    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_true(two_factor_opens());
    assert_int_equal(balcao("demo-info"), 0);
    assert_int_equal(balcao("secrets rotate"), 0);
    assert_says("credenciais de canais: 1 cifrados de novo");
    assert_says("segundas etapas: 1 cifrados de novo");
    assert_says("e-mails na fila: 1 cifrados de novo");
    assert_says("inscrições de push: 1 cifrados de novo");

    use_secrets(NEW_SECRET, "");
    assert_true(two_factor_opens());
    assert_true(push_opens());
    assert_true(mail_opens());
    assert_int_equal(balcao("demo-info"), 0);
    assert_int_equal(balcao("secrets check"), 0);
    assert_says("tudo está cifrado com o segredo atual");
    use_secrets(OLD_SECRET, "");
    assert_false(two_factor_opens());
}

TEST(rotating_twice_changes_nothing_the_second_time)
{
    const char *channel, *mail;

    UNUSED;
    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_int_equal(balcao("secrets rotate"), 0);
    channel = cell("SELECT md5(secrets) FROM channels");
    mail = cell("SELECT payload FROM jobs WHERE kind = 'mail.send'");
    assert_int_equal(balcao("secrets rotate"), 0);
    assert_says("credenciais de canais: 0 cifrados de novo");
    assert_says("e-mails na fila: 0 cifrados de novo");
    assert_string_equal(cell("SELECT md5(secrets) FROM channels"), channel);
    assert_string_equal(
        cell("SELECT payload FROM jobs WHERE kind = 'mail.send'"), mail);
}

TEST(check_says_which_secrets_are_in_use_until_none_but_the_current)
{
    UNUSED;
    assert_int_equal(balcao("secrets check"), 0);
    assert_says("credenciais de canais: 1 com a chave ");
    assert_says("(atual)");
    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_int_equal(balcao("secrets check"), 1);
    assert_says("(anterior)");
    assert_says("3 ainda dependem de um segredo anterior");
    assert_int_equal(balcao("secrets rotate"), 0);
    assert_int_equal(balcao("secrets check"), 0);
    assert_says("nada depende mais de app_secret_previous: 900 segundos");
    use_secrets(THIRD_SECRET, OLD_SECRET);
    assert_int_equal(balcao("secrets check"), 1);
    assert_says("(desconhecida)");
    assert_says("3 não abrem: falta em app_secret_previous");
}

TEST(what_does_not_open_stays_and_is_named_while_the_rest_is_rotated)
{
    const char *before;

    UNUSED;
    cell("INSERT INTO channels (company_id, platform, name, key, external_id, "
         "secrets) SELECT company_id, platform, 'outro', repeat('k', 32), '9', "
         "'\\\\x00' FROM channels LIMIT 1");
    before = cell("SELECT id FROM channels WHERE name = 'outro'");
    cell("INSERT INTO jobs (company_id, lane, kind, payload, state) SELECT 1, "
         "4, 'mail.send', jsonb_build_object('sealed', x), 'dead' FROM "
         "unnest(ARRAY['não é base64', 'AAA', '', NULL]) x");
    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_int_equal(balcao("secrets rotate"), 1);
    assert_says("credenciais de canais: 1 cifrados de novo");
    assert_says(text("channel:1:%s não abre", before));
    assert_says("e-mails na fila: 1 cifrados de novo");
    assert_says("5 não abrem");
    assert_string_equal(
        cell("SELECT secrets FROM channels WHERE name = 'outro'"), "\\x00");
    use_secrets(NEW_SECRET, "");
    assert_true(two_factor_opens());
}

/* Mais de um punhado, e uma queda no meio: o que foi feito fica feito. */
TEST(rotation_goes_by_chunks_and_resumes_after_a_failure)
{
    UNUSED;
    cell("INSERT INTO jobs (company_id, lane, kind, payload, state) SELECT "
         "j.company_id, 4, 'mail.send', j.payload, 'dead' FROM jobs j, "
         "generate_series(1, 449) WHERE j.kind = 'mail.send'");
    cell("CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS "
         "'BEGIN RAISE EXCEPTION ''parada''; END'");
    cell("CREATE TRIGGER stop BEFORE UPDATE ON jobs FOR EACH ROW WHEN (NEW.id "
         "= (300)) EXECUTE FUNCTION stop()");
    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_int_equal(balcao("secrets rotate"), 1);
    assert_says("a troca parou no meio");
    assert_int_equal(balcao("secrets check"), 1);
    assert_says("e-mails na fila: 200 com a chave ");
    assert_says("250 ainda dependem");
    cell("DROP TRIGGER stop ON jobs");
    assert_int_equal(balcao("secrets rotate"), 0);
    assert_says("credenciais de canais: 0 cifrados de novo");
    assert_says("e-mails na fila: 250 cifrados de novo");
    assert_int_equal(balcao("secrets check"), 0);
}

TEST(the_application_role_alone_cannot_rotate)
{
    UNUSED;
    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_int_equal(balcao(text("secrets check; BALCAO_DATABASE_OWNER_URL="
                                 "'%s' %s/bin/balcao secrets rotate",
                                 url_of("balcao_app"), getenv("BUILD"))),
                     1);
    assert_says("a troca parou no meio");
    assert_int_equal(balcao("secrets check"), 1);
    assert_says("3 ainda dependem");
}

TEST(rotation_is_in_the_audit_log_without_any_secret)
{
    UNUSED;
    cell("DELETE FROM audit_log");
    use_secrets(NEW_SECRET, OLD_SECRET);
    assert_int_equal(balcao("secrets rotate"), 0);
    assert_string_equal(
        cell("SELECT string_agg(action || ' ' || user_agent || ' ' || user_id "
             "|| ' ' || after::text, '; ' ORDER BY action) FROM audit_log"),
        "channel.updated balcao secrets rotate 0 {\"secrets\": \"***\"}; "
        "user.updated balcao secrets rotate 0 {\"totp_secret\": \"***\"}");
}

TEST(new_secret_is_fresh_and_serves_before_any_configuration)
{
    const char *first;

    UNUSED;
    unsetenv("BALCAO_APP_SECRET");
    assert_int_equal(balcao("secrets new"), 0);
    first = text("%s", output);
    assert_int_equal(strspn(first, "0123456789abcdef"), 64);
    assert_string_equal(first + 64, "\n");
    assert_int_equal(balcao("secrets new"), 0);
    assert_string_not_equal(output, first);
    assert_int_equal(balcao("secrets rotate"), 1);
    assert_says("app_secret: falta");
    assert_int_equal(balcao("secrets"), 2);
    assert_int_equal(balcao("secrets nada"), 2);
    assert_int_equal(balcao("secrets new check"), 2);
    assert_int_equal(balcao("secrets --help"), 0);
    assert_says("Uso: balcao secrets");
    use_secrets(NEW_SECRET, "");
}

TEST(config_check_names_bad_secrets_and_keys)
{
    UNUSED;
    setenv("BALCAO_APP_SECRET_PREVIOUS", OLD_SECRET ",curto", 1);
    assert_int_equal(balcao("config check"), 1);
    assert_says("app_secret_previous: não é hexadecimal");
    assert_int_equal(balcao("work --for 1s"), 1); /* nem começa */
    assert_says("app_secret_previous: não é hexadecimal");
    assert_says("a configuração tem problemas");
    setenv("BALCAO_APP_SECRET_PREVIOUS", OLD_SECRET, 1);
    setenv("BALCAO_JWT_ALGORITHM", "ES256", 1);
    assert_int_equal(balcao("config check"), 1);
    assert_says("jwt_key_file: falta");
    setenv("BALCAO_JWT_KEY_FILE", "/nada/aqui.pem", 1);
    assert_int_equal(balcao("config check"), 1);
    assert_says("jwt_key_file: /nada/aqui.pem: ");
    setenv("BALCAO_JWT_ALGORITHM", "HS512", 1);
    assert_int_equal(balcao("config check"), 1);
    assert_says("jwt_algorithm: deve ser HS256, ES256 ou RS256");
    unsetenv("BALCAO_JWT_ALGORITHM");
    setenv("BALCAO_STATIC_DIR", "templates/static", 1);
    assert_int_equal(balcao("config check"), 0);
    assert_says("jwt_key_file: aviso: não se usa com HS256");
    unsetenv("BALCAO_JWT_KEY_FILE");
    unsetenv("BALCAO_APP_SECRET_PREVIOUS");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fresh, clean)
    const struct CMUnitTest tests[] = {
        T(rotated_secrets_open_with_the_new_one_alone),
        T(rotating_twice_changes_nothing_the_second_time),
        T(check_says_which_secrets_are_in_use_until_none_but_the_current),
        T(what_does_not_open_stays_and_is_named_while_the_rest_is_rotated),
        T(rotation_goes_by_chunks_and_resumes_after_a_failure),
        T(the_application_role_alone_cannot_rotate),
        T(rotation_is_in_the_audit_log_without_any_secret),
        T(new_secret_is_fresh_and_serves_before_any_configuration),
        T(config_check_names_bad_secrets_and_keys),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
