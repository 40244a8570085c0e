/* mail_test.c - e-mail na fila: lacrado, da empresa certa, e cartas sem brecha
 * para quem escolhe o próprio nome. */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "db/db.h"
#include "gen/q_mail.h"
#include "login_kit.h"
#include "mail/header.h"
#include "mail/letter.h"
#include "mail/mail.h"
#include "view/page.h"

#define LINK "https://exemplo.com/reset?token=SEGREDO-DO-LINK"
#define SEALED "{\"sealed\":\"YQ==\"}"

static struct db *db;
static struct arena *arena;

static int
set_up(void **state)
{
    mail_on();
    if (harness_setup(state) != 0)
        return 1;
    db = db_new(conf()->database_url);
    i18n_init(conf()->locale_dir);
    page_init("templates");
    return 0;
}

static int
tear_down(void **state)
{
    db_close(db);
    arena_free(arena);
    return harness_teardown(state);
}

static int
reset(void **state)
{
    arena_free(arena);
    arena = arena_new(65536);
    i18n_set("pt-BR");
    if (harness_reset(state) != 0)
        return 1;
    sql("DELETE FROM jobs");
    return 0;
}

static struct ctx
system_ctx(int64_t company_id)
{
    return (struct ctx){
        .arena = arena, .db = db, .token_version = -1, .company_id = company_id
    };
}

static struct json_object *
model(const char *text)
{
    struct json_object *o = json_tokener_parse(text);

    assert_non_null(o);
    return o;
}

/* Enfileira a partir de uma empresa (0: nenhuma) em nome de outra. */
static void
enqueue(int64_t from, int64_t company_id, const char *to)
{
    struct ctx c = system_ctx(from);
    struct json_object *m = model("{\"name\":\"Ana\",\"link\":\"" LINK "\"}");

    assert_int_equal(
        mail_enqueue(&c, &(struct mail_new){ .to = to,
                                             .to_name = "Ana Secreta",
                                             .template = "welcome",
                                             .lang = "pt-BR",
                                             .model = m,
                                             .company_id = company_id }),
        OK);
    assert_int_equal(db_commit(&c), OK);
    json_object_put(m);
}

TEST(queued_mail_shows_neither_link_nor_person)
{
    const char *payload;

    UNUSED;
    enqueue(fx.company, 0, "ana.secreta@exemplo.com");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 1);
    payload = sql("SELECT payload::text FROM jobs");
    assert_non_null(strstr(payload, "sealed"));
    assert_null(strstr(payload, "SEGREDO"));
    assert_null(strcasestr(payload, "secreta"));
    assert_null(strstr(payload, "exemplo.com"));
    assert_null(strstr(payload, "welcome"));
    /* e é mesmo ele que está lá dentro */
    assert_string_equal(mail_text("welcome", "link"), LINK);
}

TEST(same_mail_twice_does_not_look_the_same)
{
    UNUSED;
    enqueue(fx.company, 0, "ana@exemplo.com");
    enqueue(fx.company, 0, "ana@exemplo.com");
    assert_int_equal(sql_int("SELECT count(DISTINCT payload) FROM jobs"), 2);
}

TEST(mail_asked_inside_a_company_is_of_that_company)
{
    UNUSED;
    enqueue(fx.company, fx.other_company, "ana@exemplo.com");
    assert_int_equal(sql_int("SELECT company_id FROM jobs"), fx.company);
}

TEST(mail_asked_outside_goes_to_the_given_company_or_the_oldest)
{
    UNUSED;
    enqueue(0, fx.other_company, "ana@exemplo.com");
    assert_int_equal(sql_int("SELECT company_id FROM jobs"), fx.other_company);
    sql("DELETE FROM jobs");
    enqueue(0, 0, "ana@exemplo.com");
    assert_int_equal(sql_int("SELECT company_id FROM jobs"),
                     sql_int("SELECT min(id) FROM companies"));
}

/* O banco recusa mesmo que um programa queira passar por cima da C. */
TEST(mail_post_takes_nothing_but_a_sealed_body)
{
    static const char *const bad[] = {
        "{}",
        "null",
        "[]",
        "{\"sealed\":null}",
        "{\"sealed\":{\"to\":\"z@x.test\"}}",
        "{\"to\":\"z@x.test\"}",
        "{\"sealed\":\"YQ==\",\"to\":\"z@x.test\"}",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ctx c = system_ctx(fx.company);
        int64_t changed;

        if (q_mail_post(&c, &(struct q_mail_post_in){ .payload = bad[i] },
                        &changed) == OK)
            fail_msg("aceitou %s", bad[i]);
        db_rollback(&c);
    }
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

TEST(mail_post_of_another_company_stays_in_the_own)
{
    struct ctx c = system_ctx(fx.company);
    int64_t changed;

    UNUSED;
    assert_int_equal(
        q_mail_post(&c,
                    &(struct q_mail_post_in){ .company_id = fx.other_company,
                                              .payload = SEALED },
                    &changed),
        OK);
    assert_int_equal(db_commit(&c), OK);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE company_id = "
                             "%" PRId64,
                             fx.other_company),
                     0);
    assert_int_equal(sql_int("SELECT company_id FROM jobs"), fx.company);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'mail.send' AND lane = 2"),
                     1);
}

TEST(address_that_breaks_a_header_sends_nothing_and_fails_nothing)
{
    UNUSED;
    enqueue(fx.company, 0, "ana@x.test\r\nBcc: z@x.test");
    enqueue(fx.company, 0, "ana");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

static struct letter
letter(const char *name, const char *lang, const char *values)
{
    struct json_object *m = model(values);
    struct letter out;
    const char *why;

    i18n_set(lang);
    why = letter_write(arena, name, m, &out);
    json_object_put(m);
    if (why != NULL)
        fail_msg("%s: %s", name, why);
    return out;
}

static const char *
find(struct slice in, const char *what)
{
    return memmem(in.data, in.len, what, strlen(what));
}

#define EVIL \
    "{\"inviter\":\"Zé\\r\\nBcc: todos@x.test\\r\\n\\r\\n<b>\"," \
    "\"company\":\"<script>alert(1)</script> & 'Cia' \\\"x\\\"\"," \
    "\"role\":\"Admin\",\"days\":7,\"link\":\"https://x.test/?a=1&b=2\"}"

TEST(names_people_choose_cannot_add_headers_or_tags)
{
    struct letter out = letter("invitation", "pt-BR", EVIL);
    const char *subject = mail_header_text(arena, out.subject);
    const char *line = subject;

    UNUSED;
    assert_null(strstr(subject, "Bcc"));
    while ((line = strchr(line, '\n')) != NULL) /* só dobras */
        assert_int_equal(*++line, ' ');
    assert_null(find(out.html, "<script"));
    assert_null(find(out.html, "<b>"));
    assert_non_null(find(out.html, "?a=1&amp;b=2"));
    /* no texto nada é HTML */
    assert_non_null(find(out.text, "<script>alert(1)</script> & 'Cia' \"x\""));
    assert_non_null(find(out.text, "/?a=1&b=2"));
}

TEST(entities_a_person_types_stay_as_typed)
{
    struct letter out =
        letter("welcome", "pt-BR",
               "{\"name\":\"&lt;b&gt; &amp;amp;\",\"company\":\"X\","
               "\"link\":\"https://x.test\"}");

    UNUSED;
    assert_non_null(find(out.text, "&lt;b&gt; &amp;amp;"));
}

TEST(every_letter_is_whole_in_both_languages)
{
    static const char *const names[] = {
        "confirm_email",    "email_changed",     "export_ready", "invitation",
        "new_login",        "reset_password",    "test",         "welcome",
        "password_changed", "two_factor_removed"
    };
    static const char *const values =
        "{\"name\":\"Ana\",\"link\":\"" LINK "\",\"minutes\":30,\"hours\":24,"
        "\"days\":7,\"inviter\":\"Zé\",\"company\":\"Cia\",\"role\":\"R\","
        "\"newEmail\":\"a@b.test\",\"device\":\"D\",\"address\":\"1.2.3.4\","
        "\"when\":\"W\",\"by\":\"Zé\"}";
    size_t i, k;

    UNUSED;
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        struct letter pt = letter(names[i], "pt-BR", values);
        struct letter en = letter(names[i], "en", values);

        if (strcmp(pt.subject, en.subject) == 0)
            fail_msg("%s: o assunto não foi traduzido", names[i]);
        assert_null(strpbrk(pt.subject, "\r\n"));
        assert_non_null(find(pt.html, "lang=\"pt-BR\""));
        assert_non_null(find(en.html, "lang=\"en\""));
        assert_null(find(en.text, "Você"));
        assert_null(find(en.html, "Você"));
        assert_null(find(pt.text, "{{"));
        for (k = 0; k < pt.html.len; k++) /* RFC 5322 seção 2.1 */
            if (pt.html.data[k] == '\n')
                assert_int_equal(pt.html.data[k - 1], '\r');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define RUN(name) cmocka_unit_test_setup(name, reset)
        RUN(queued_mail_shows_neither_link_nor_person),
        RUN(same_mail_twice_does_not_look_the_same),
        RUN(mail_asked_inside_a_company_is_of_that_company),
        RUN(mail_asked_outside_goes_to_the_given_company_or_the_oldest),
        RUN(mail_post_takes_nothing_but_a_sealed_body),
        RUN(mail_post_of_another_company_stays_in_the_own),
        RUN(address_that_breaks_a_header_sends_nothing_and_fails_nothing),
        RUN(names_people_choose_cannot_add_headers_or_tags),
        RUN(entities_a_person_types_stay_as_typed),
        RUN(every_letter_is_whole_in_both_languages),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
