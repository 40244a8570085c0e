/*
 * push_test.c - Web Push: inscrever um aparelho, quando se manda e quando
 * não, o que se faz da resposta do serviço, e o fim de uma inscrição. Quem
 * abre a cifra, por outra biblioteca, é tests/live/push.test.mjs.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/vapid.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "browser_kit.h"
#include "db/db.h"
#include "desk/push.h"
#include "harness.h"
#include "job_kit.h"

#define PUSH "/api/v1/me/push"
#define SETTINGS "/account/notifications"
#define KEYS \
    "\"p256dh\":\"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-" \
    "AYWXvTBHm4" \
    "bjyPjs7Vd8pZGH6SRpkNtoIAiw4\",\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\""

static int
set_up(void **state)
{
    static char path[60];

    snprintf(path, sizeof path, "/tmp/balcao-push-api.%d.pem", (int)getpid());
    unlink(path);
    if (!vapid_key_create(path))
        return 1;
    setenv("BALCAO_PUSH_KEY_FILE", path, 1);
    if (job_setup(state) != 0)
        return 1;
    i18n_init(conf()->locale_dir);
    return 0;
}

static int
tear_down(void **state)
{
    unlink(getenv("BALCAO_PUSH_KEY_FILE"));
    return job_teardown(state);
}

static struct answer *
me(const char *token, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "accounts",
                                .method = method,
                                .path = path,
                                .token = token,
                                .body = body,
                                .headers = { "User-Agent: Mozilla/5.0 (X11; "
                                             "Linux x86_64; rv:130.0) Gecko/"
                                             "20100101 Firefox/130.0" } });
}

static const char *
device(const char *name)
{
    return text("{\"endpoint\":\"https://push.example.com/%s\"," KEYS "}",
                name);
}

static int64_t
subscribe(int64_t person, const char *name)
{
    struct answer *a = me(token_of(person), "POST", PUSH, device(name));

    assert_status(a, 201);
    return at_int(a, "id");
}

static int64_t
subscriptions(void)
{
    return sql_int("SELECT count(*) FROM push_subscriptions");
}

/* Nasce uma notificação do Bruno; o número dela. */
static int64_t
notice(const char *kind, int ticket)
{
    return sql_int("WITH x AS (INSERT INTO notifications (company_id, user_id, "
                   "kind, ticket_id, by_id) VALUES (1, 13, '%s', %d, 11) "
                   "RETURNING id) SELECT id FROM x",
                   kind, ticket);
}

static struct job job;

static struct ctx
worker(void)
{
    return (struct ctx){
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
}

/* O worker pega o job deste aparelho. */
static enum job_next
look(int64_t notice_id, int64_t subscription_id)
{
    struct ctx c = worker();
    enum job_next next;

    job = (struct job){ .attempts = 1,
                        .payload = text("{\"notificationId\":%" PRId64
                                        ",\"subscriptionId\":%" PRId64 "}",
                                        notice_id, subscription_id) };
    assert_int_equal(push_kind.prepare(&c, &job, &next), OK);
    assert_int_equal(db_commit(&c), OK);
    return next;
}

static enum job_next
answer_with(int status, int64_t retry_after_s)
{
    struct job_reply reply = { .status = status,
                               .retry_after_s = retry_after_s,
                               .error = status == 0 ? "sem rede" : NULL };
    struct ctx c = worker();
    enum job_next next;

    assert_int_equal(push_kind.finish(&c, &job, &reply, &next), OK);
    assert_int_equal(db_commit(&c), OK);
    return next;
}

static bool
has_header(const char *start)
{
    int i;

    for (i = 0; i < JOB_CALL_HEADERS && job.call.headers[i] != NULL; i++)
        if (strncmp(job.call.headers[i], start, strlen(start)) == 0)
            return true;
    return false;
}

/* ---- inscrever ---- */

TEST(device_is_subscribed_listed_and_switched_off)
{
    struct answer *a = me(token_of(13), "GET", PUSH, NULL);
    int64_t id;

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(strlen(at_text(a, "publicKey")), 87);
    assert_int_equal(json_object_array_length(at(a, "devices")), 0);
    id = subscribe(13, "um");
    assert_int_equal(subscribe(13, "um"), id); /* de novo, é a mesma */
    a = me(token_of(13), "GET", PUSH, NULL);
    assert_int_equal(json_object_array_length(at(a, "devices")), 1);
    assert_string_equal(at_text(a, "devices.0.device"), "Firefox no Linux");
    assert_string_equal(at_text(a, "devices.0.digest"),
                        sql("SELECT encode(sha256('https://push.example.com/"
                            "um'), 'hex')"));
    /* lacrado: nem o endereço nem as chaves se leem no banco */
    assert_int_equal(sql_int("SELECT position('push.example' IN encode(secrets,"
                             " 'escape')) + position('BTBZMqHH' IN "
                             "encode(secrets, 'escape')) FROM "
                             "push_subscriptions"),
                     0);
    assert_problem(me(token_of(11), "DELETE", text(PUSH "/%" PRId64, id), NULL),
                   404, "not-found");
    assert_status(me(token_of(13), "DELETE", text(PUSH "/%" PRId64, id), NULL),
                  204);
    assert_problem(me(token_of(13), "DELETE", text(PUSH "/%" PRId64, id), NULL),
                   404, "not-found");
    assert_int_equal(subscriptions(), 0);
}

TEST(address_from_inside_and_bad_keys_are_refused)
{
    static const char *const bad[] = { "http://push.example.com/x",
                                       "https://127.0.0.1/x",
                                       "https://localhost/x",
                                       "https://push.example.com:22/x" };
    struct answer *a;
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(me(token_of(13), "POST", PUSH,
                        text("{\"endpoint\":\"%s\"," KEYS "}", bad[i])),
                     "endpoint", "format");
    /* um ponto que não está na curva */
    a = me(
        token_of(13), "POST", PUSH,
        "{\"endpoint\":\"https://push.example.com/x\",\"p256dh\":"
        "\"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs"
        "7Vd8pZGH6SRpkNtoIAiw8\",\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}");
    assert_field(a, "p256dh", "format");
    assert_int_equal(subscriptions(), 0);
}

/* A inscrição acaba com o login; a de um token não acabaria com nada. */
TEST(program_with_a_token_subscribes_nothing)
{
    static const char secret[] =
        "blc_0123456789abcdefABCDEF0123456789abcdefABCDE";

    UNUSED;
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (1, 13, 'x', '{live.listen}', 'x', sha256('%s'))",
        secret);
    assert_problem(me(secret, "POST", PUSH, device("um")), 403, "forbidden");
    assert_int_equal(subscriptions(), 0);
}

TEST(installation_without_a_key_says_so)
{
    struct answer *a;

    UNUSED;
    unsetenv("BALCAO_PUSH_KEY_FILE");
    a = me(token_of(13), "GET", PUSH, NULL);
    assert_null(at(a, "publicKey"));
    a = me(token_of(13), "POST", PUSH, device("um"));
    setenv("BALCAO_PUSH_KEY_FILE", conf()->push_key_file, 1);
    assert_problem(a, 409, "conflict");
}

TEST(browser_belongs_to_who_is_in_it_and_devices_are_twenty)
{
    int i;

    UNUSED;
    subscribe(13, "um");
    subscribe(11, "um");
    assert_int_equal(subscriptions(), 1);
    assert_int_equal(sql_int("SELECT user_id FROM push_subscriptions"), 11);
    for (i = 0; i < 22; i++)
        subscribe(13, text("aparelho-%d", i));
    assert_int_equal(sql_int("SELECT count(*) FROM push_subscriptions WHERE "
                             "user_id = 13"),
                     20);
}

/* ---- mandar ---- */

TEST(notice_goes_encrypted_and_signed_to_each_device)
{
    int64_t one = subscribe(13, "um"), id;

    UNUSED;
    subscribe(13, "dois");
    subscribe(11, "de-outra");
    id = notice("assigned", 62);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'push.send'"),
                     2);
    assert_int_equal(look(id, one), JOB_CALL);
    assert_string_equal(job.call.url, "https://push.example.com/um");
    assert_true(job.call.public_only);
    assert_true(has_header("Authorization: vapid t=ey"));
    assert_true(has_header("Content-Encoding: aes128gcm"));
    assert_true(has_header("TTL: 14400"));
    assert_true(has_header("Topic: t62"));
    assert_null(memmem(job.call.body.data, job.call.body.len, "Ana", 3));
    assert_int_equal(answer_with(201, -1), JOB_DONE);
    assert_int_equal(sql_int("SELECT count(*) FROM push_subscriptions WHERE "
                             "used_at IS NOT NULL"),
                     1);
}

TEST(who_has_a_page_open_is_not_called)
{
    int64_t one = subscribe(13, "um"), id = notice("assigned", 62);

    UNUSED;
    sql("INSERT INTO presence (company_id, user_id, seen_at) VALUES (1, 13, "
        "now() - interval '20 seconds')");
    assert_int_equal(look(id, one), JOB_RETRY);
    assert_true(job.delay_ms > 30000 && job.delay_ms <= 41000);
    /* fechou a página: agora vai */
    sql("UPDATE presence SET seen_at = now() - interval '61 seconds'");
    assert_int_equal(look(id, one), JOB_CALL);
    /* continua aberta há dois minutos: tem o sino */
    sql("UPDATE presence SET seen_at = now()");
    sql("UPDATE notifications SET created_at = now() - interval '3 minutes'");
    assert_int_equal(look(id, one), JOB_DONE);
    assert_int_equal(subscriptions(), 1);
}

TEST(what_was_read_or_is_not_wanted_is_not_sent)
{
    int64_t one = subscribe(13, "um"), id = notice("assigned", 62);

    UNUSED;
    sql("UPDATE notifications SET read_at = now()");
    assert_int_equal(look(id, one), JOB_DONE);
    sql("UPDATE notifications SET read_at = NULL");
    sql("INSERT INTO notification_settings (company_id, user_id, muted) VALUES "
        "(1, 13, '{assigned}')");
    assert_int_equal(look(id, one), JOB_DONE);
    sql("DELETE FROM notification_settings");
    assert_int_equal(look(id, one), JOB_CALL);
    assert_int_equal(look(id, one + 1000), JOB_DONE);
    assert_int_equal(subscriptions(), 1);
}

TEST(member_switched_off_gets_nothing)
{
    int64_t one = subscribe(13, "um"), id = notice("assigned", 62);

    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = 13");
    assert_int_equal(subscriptions(), 0);
    sql("UPDATE memberships SET disabled_at = NULL WHERE user_id = 13");
    assert_int_equal(look(id, one), JOB_DONE);
    one = subscribe(13, "um");
    sql("UPDATE users SET disabled_at = now() WHERE id = 13");
    assert_int_equal(look(id, one), JOB_DONE);
}

TEST(answer_of_the_service_decides)
{
    int64_t one = subscribe(13, "um"), id = notice("assigned", 62);

    UNUSED;
    look(id, one);
    assert_int_equal(answer_with(429, 90), JOB_RETRY);
    assert_int_equal(job.delay_ms, 90000);
    assert_int_equal(answer_with(503, -1), JOB_RETRY);
    assert_true(job.delay_ms >= 2500);
    assert_int_equal(answer_with(0, -1), JOB_RETRY);
    assert_int_equal(answer_with(500, 999999), JOB_RETRY);
    assert_int_equal(job.delay_ms, 3600000);
    job.attempts = 8; /* e chega uma hora em que se desiste */
    assert_int_equal(answer_with(503, -1), JOB_DEAD);
    assert_int_equal(answer_with(403, -1), JOB_DEAD);
    assert_int_equal(subscriptions(), 1);
    assert_int_equal(answer_with(410, -1), JOB_DONE);
    assert_int_equal(subscriptions(), 0);
    look(id, subscribe(13, "um"));
    assert_int_equal(answer_with(404, -1), JOB_DONE);
    assert_int_equal(subscriptions(), 0);
}

/* ---- o fim ---- */

TEST(logging_out_ends_the_subscription_of_that_device)
{
    struct browser b = browser_of(13);
    struct answer *a;
    int64_t id;

    UNUSED;
    subscribe(13, "de-outro-aparelho");
    a = call(&(struct call){ .program = "accounts",
                             .method = "POST",
                             .path = PUSH,
                             .cookie = b.cookie,
                             .body = device("deste"),
                             .headers = { text("X-CSRF-Token: %s", b.csrf) } });
    assert_status(a, 201);
    assert_true(json_object_get_boolean(at(a, "current")));
    id = at_int(a, "id");
    assert_int_equal(look(notice("assigned", 62), id), JOB_CALL);
    assert_status(browser_submit(b, "session", "/logout", ""), 303);
    assert_int_equal(subscriptions(), 1);
    assert_int_equal(look(notice("assigned", 62), id), JOB_DONE);
}

TEST(login_that_expired_or_was_cut_takes_the_subscription_along)
{
    struct browser b = browser_of(13);
    struct answer *a =
        call(&(struct call){ .program = "accounts",
                             .method = "POST",
                             .path = PUSH,
                             .cookie = b.cookie,
                             .body = device("deste"),
                             .headers = { text("X-CSRF-Token: %s", b.csrf) } });

    UNUSED;
    assert_status(a, 201);
    /* a senha mudou: o que era daquela entrada não vale mais */
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = 13");
    assert_int_equal(look(notice("assigned", 62), at_int(a, "id")), JOB_DONE);
    assert_int_equal(subscriptions(), 0);
}

/* ---- as páginas ---- */

TEST(devices_are_switched_off_on_the_page)
{
    struct browser b = browser_of(13);
    struct answer *a;
    int64_t id = subscribe(13, "um");

    UNUSED;
    a = browser_page(b, "chat_pages", SETTINGS);
    assert_has(a, "Firefox no Linux");
    assert_has(a, "data-push-key=\"B");
    a = browser_submit(b, "chat_pages",
                       text(SETTINGS "/devices/%" PRId64 "/delete", id), "");
    assert_saved(a, SETTINGS);
    assert_int_equal(subscriptions(), 0);
    assert_status(
        browser_submit(b, "chat_pages",
                       text(SETTINGS "/devices/%" PRId64 "/delete", id), ""),
        404);
}

TEST(opening_a_notice_reads_it_and_goes_where_it_points)
{
    int64_t id = notice("assigned", 62);
    struct answer *a =
        browser_page(browser_of(13), "chat_pages",
                     text("/notifications/%" PRId64 "/open", id));

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox/62");
    assert_int_equal(sql_int("SELECT count(*) FROM notifications WHERE read_at "
                             "IS NULL"),
                     0);
    assert_status(browser_page(browser_of(11), "chat_pages",
                               text("/notifications/%" PRId64 "/open", id)),
                  404);
}

TEST(service_worker_is_served_for_the_whole_site)
{
    struct call c = { .program = "session", .path = "/sw.js" };
    char folder[] = "/tmp/balcao-sw.XXXXXX";
    struct answer *a;
    FILE *f;

    UNUSED;
    assert_non_null(mkdtemp(folder));
    setenv("BALCAO_STATIC_DIR", folder, 1);
    assert_problem(call(&c), 404, "not-found");
    f = fopen(text("%s/sw.js", folder), "w");
    assert_non_null(f);
    fputs("self.registration.showNotification('oi')", f);
    fclose(f);
    a = call(&c);
    unlink(text("%s/sw.js", folder));
    rmdir(folder);
    setenv("BALCAO_STATIC_DIR", conf()->static_dir, 1);
    assert_status(a, 200);
    assert_non_null(strstr(header_of(a, "Content-Type"), "text/javascript"));
    assert_string_equal(header_of(a, "Cache-Control"), "no-cache");
    assert_non_null(strstr(a->body, "showNotification"));
}

TEST(manifest_is_public_and_in_the_language_asked)
{
    struct call c = { .program = "session",
                      .path = "/app.webmanifest?lang=en" };
    struct answer *a = call(&c);

    UNUSED;
    assert_status(a, 200);
    assert_non_null(
        strstr(header_of(a, "Content-Type"), "application/manifest+json"));
    assert_string_equal(at_text(a, "lang"), "en");
    assert_string_equal(at_text(a, "start_url"), "/inbox");
    assert_string_equal(at_text(a, "scope"), "/");
    assert_string_equal(at_text(a, "display"), "standalone");
    assert_string_equal(at_text(a, "icons.2.purpose"), "maskable");
    assert_string_equal(at_text(a, "shortcuts.1.name"), "Colleagues");
    c.path = "/app.webmanifest?lang=pt-BR";
    a = call(&c);
    assert_string_equal(at_text(a, "lang"), "pt-BR");
    assert_string_equal(at_text(a, "shortcuts.1.name"), "Colegas");
    assert_string_equal(at_text(a, "id"), "/inbox");
    c.path = "/login";
    a = call(&c);
    assert_non_null(strstr(a->body, "href=\"/app.webmanifest?lang="));
    assert_non_null(
        strstr(header_of(a, "Content-Security-Policy"), "manifest-src 'self'"));
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(device_is_subscribed_listed_and_switched_off),
        T(address_from_inside_and_bad_keys_are_refused),
        T(program_with_a_token_subscribes_nothing),
        T(installation_without_a_key_says_so),
        T(browser_belongs_to_who_is_in_it_and_devices_are_twenty),
        T(notice_goes_encrypted_and_signed_to_each_device),
        T(who_has_a_page_open_is_not_called),
        T(what_was_read_or_is_not_wanted_is_not_sent),
        T(member_switched_off_gets_nothing),
        T(answer_of_the_service_decides),
        T(logging_out_ends_the_subscription_of_that_device),
        T(login_that_expired_or_was_cut_takes_the_subscription_along),
        T(devices_are_switched_off_on_the_page),
        T(opening_a_notice_reads_it_and_goes_where_it_points),
        T(service_worker_is_served_for_the_whole_site),
        T(manifest_is_public_and_in_the_language_asked),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
