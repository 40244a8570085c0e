/*
 * link_test.c - a prévia dos endereços: quem a pede, o que se lê, e aonde o
 * pedido não chega. As páginas vêm de um servidor do próprio teste.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "browser_kit.h"
#include "harness.h"
#include "inbox_kit.h"
#include "media_kit.h"

#define HEAD_HTML "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
#define TO(where) "HTTP/1.1 302 Found\r\nLocation: " where "\r\n\r\n"

static pid_t server = -1;
static int port, inner_port;

/* As páginas; %d é a porta de dentro, que não se alcança. */
static const struct {
    const char *path, *answer;
} pages[] = {
    { "/pagina", HEAD_HTML
      "<html><head><title>Do title</title><meta property=\"og:title\""
      " content=\"Ch\xc3\xa1 &amp; <b>caf\xc3\xa9</b>\xe2\x80\xae  da"
      " casa\"><meta name=description content='Tudo para o caf\xc3\xa9"
      ".'></head><body><svg><title>desenho</title></svg></body>" },
    { "/latin",
      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n"
      "<title>P\xe3o</title>" },
    { "/vazia", HEAD_HTML "<p>sem cabe\xc3\xa7"
                          "alho" },
    { "/imagem", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n<title>x" },
    { "/vai", TO("/pagina") },
    { "/volta", TO("/volta") },
    { "/dentro", TO("http://127.0.0.1:%d/segredo") },
    { "/metadados", TO("http://169.254.169.254/latest/meta-data/") },
    { "/arquivo", TO("file:///etc/passwd") },
    { "/falta", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"
                "<title>404</title>" },
    { "/segredo", HEAD_HTML "<title>Segredo</title>" },
};

static int
listen_on(int *out)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 20), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *out = ntohs(at.sin_port);
    return fd;
}

static void
send_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        data += sent;
        n -= (size_t)sent;
    }
}

/* Maior do que se lê: o título vem no começo, e o resto não se espera. */
static void
send_huge(int fd)
{
    static char filler[1 << 16];
    int i;

    send_all(fd, HEAD_HTML "<title>Grande</title>", strlen(HEAD_HTML) + 21);
    memset(filler, 'x', sizeof filler);
    for (i = 0; i < 64; i++)
        send_all(fd, filler, sizeof filler);
}

static void
answer_one(int fd)
{
    char ask[4096], path[200], out[2000];
    ssize_t n = recv(fd, ask, sizeof ask - 1, 0);
    size_t i;

    ask[n > 0 ? n : 0] = '\0';
    if (sscanf(ask, "GET %199s ", path) != 1)
        return;
    if (strcmp(path, "/grande") == 0)
        send_huge(fd);
    for (i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strcmp(pages[i].path, path) == 0) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(out, sizeof out, pages[i].answer, inner_port);
#pragma GCC diagnostic pop
            send_all(fd, out, strlen(out));
        }
}

static _Noreturn void
serve(int fd)
{
    for (;;) {
        int one = accept(fd, NULL, NULL);

        if (one < 0)
            _exit(0);
        answer_one(one);
        shutdown(one, SHUT_WR);
        close(one);
    }
}

static int
group_setup(void **state)
{
    int fd = listen_on(&port), inner = listen_on(&inner_port);

    server = fork();
    if (server == 0) {
        setpgid(0, 0);
        if (fork() == 0)
            serve(inner);
        serve(fd);
    }
    setpgid(server, server);
    close(fd);
    close(inner);
    if (harness_setup(state) != 0)
        return -1;
    setenv("BALCAO_LINK_ALLOW", text("127.0.0.1:%d", port), 1);
    return 0;
}

static int
group_teardown(void **state)
{
    if (server > 0) {
        kill(-server, SIGKILL);
        waitpid(server, NULL, 0);
    }
    return harness_teardown(state);
}

/* O contato escreve; devolve o número da mensagem. */
static int64_t
says(const char *body)
{
    return sql_int("INSERT INTO messages (company_id, ticket_id, channel_id, "
                   "sender_type, kind, body, status) VALUES (1, 62, 41, "
                   "'contact', 'text', '%s', 'received') RETURNING id",
                   body);
}

static const char *
url_of(const char *path)
{
    return text("http://127.0.0.1:%d%s", port, path);
}

/* Lê a página e diz em que estado a prévia ficou, e o título. */
static const char *
previewed(const char *url)
{
    says(text("veja %s.", url));
    media_work_until("SELECT bool_and(state <> 'pending') FROM link_previews");
    return sql("SELECT state || ':' || title FROM link_previews ORDER BY id "
               "DESC LIMIT 1");
}

TEST(link_of_a_message_becomes_a_card_in_the_api_and_in_the_page)
{
    int64_t id =
        says(text("Veja *%s*, e %s", url_of("/pagina"), url_of("/outra")));
    struct answer *a;

    UNUSED;
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'link.read'"),
                     1);
    a = get_as(fx.agent, "tickets", "/api/v1/tickets/62/messages");
    assert_null(at(a, "data.0.link"));
    media_work_until("SELECT state <> 'pending' FROM link_previews");
    a = get_as(fx.agent, "tickets", "/api/v1/tickets/62/messages");
    assert_int_equal(at_int(a, "data.0.id"), id);
    assert_string_equal(at_text(a, "data.0.link.url"), url_of("/pagina"));
    assert_string_equal(at_text(a, "data.0.link.title"),
                        "Chá & <b>café</b> da casa");
    assert_string_equal(at_text(a, "data.0.link.description"),
                        "Tudo para o café.");
    assert_string_equal(at_text(a, "data.0.link.site"), "127.0.0.1");
    a = inbox_page(browser_of(fx.agent), path_of(fx.active, ""));
    assert_has(a, "class=\"link-card\"");
    assert_has(a, "Chá &amp; &lt;b&gt;café&lt;/b&gt; da casa");
    assert_has(a, "rel=\"noopener noreferrer nofollow\"");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'message:updated' AND rooms @> '{ticket:62}'"),
                     1);
}

TEST(what_is_read_of_each_page)
{
    UNUSED;
    assert_string_equal(previewed(url_of("/latin")), "ready:Pão");
    assert_string_equal(previewed(url_of("/vai")),
                        "ready:Chá & <b>café</b> da casa");
    assert_string_equal(previewed(url_of("/grande")), "ready:Grande");
    assert_string_equal(previewed(url_of("/vazia")), "none:");
    assert_string_equal(previewed(url_of("/imagem")), "none:");
    assert_string_equal(previewed(url_of("/falta")), "none:");
    assert_string_equal(previewed(url_of("/volta")), "none:");
}

TEST(what_is_not_public_is_never_reached)
{
    static const char *const refused[] = {
        "http://127.0.0.1:%d/segredo",  "http://localhost:%d/segredo",
        "http://[::1]:%d/segredo",      "http://[::ffff:127.0.0.1]:%d/segredo",
        "http://2130706433:%d/segredo", "http://0x7f.1:%d/segredo",
        "http://0.0.0.0:%d/segredo",
    };
    size_t i;

    UNUSED;
    assert_string_equal(previewed(url_of("/dentro")), "none:");
    assert_string_equal(previewed(url_of("/metadados")), "none:");
    assert_string_equal(previewed(url_of("/arquivo")), "none:");
    assert_string_equal(previewed("http://169.254.169.254/latest/"), "none:");
    for (i = 0; i < sizeof refused / sizeof *refused; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        const char *url = text(refused[i], inner_port);
#pragma GCC diagnostic pop

        if (strcmp(previewed(url), "none:") != 0)
            fail_msg("%s foi lido", url);
    }
    assert_string_equal(
        previewed(text("http://eu:senha@127.0.0.1:%d/pagina", port)), "none:");
}

TEST(the_same_link_is_read_once_and_expires)
{
    UNUSED;
    assert_string_equal(previewed(url_of("/latin")), "ready:Pão");
    sql("DELETE FROM jobs");
    says(url_of("/latin"));
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE link_id IS "
                             "NOT NULL"),
                     2);
    sql("UPDATE link_previews SET expires_at = now() - interval '1 minute'");
    says(url_of("/latin"));
    assert_string_equal(sql("SELECT state FROM link_previews"), "pending");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'link.read'"),
                     1);
    sql("UPDATE link_previews SET expires_at = now() - interval '1 minute'");
    assert_int_equal(sql_int("SELECT upkeep_links(100)"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE link_id IS "
                             "NOT NULL"),
                     0);
}

TEST(only_texts_with_a_web_address_ask_for_one)
{
    static const char *const none[] = {
        "sem endereço",     "ftp://a.test/x", "javascript://a.test",
        "xhttp://a.test/x", "http://",        "foo://bar http:/x",
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof none / sizeof *none; i++)
        says(none[i]);
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, user_id, "
        "sender_type, kind, body, status) VALUES (1, 62, 41, 13, 'user', "
        "'note', 'http://a.test/nota', 'received')");
    assert_int_equal(sql_int("SELECT count(*) FROM link_previews"), 0);
    assert_string_equal(sql("SELECT first_link('(HTTPS://a.test/x?y=1&z=2).')"),
                        "HTTPS://a.test/x?y=1&z=2");
    assert_null(
        sql("SELECT first_link('http://a.test/' || repeat('x', 2000))"));
    says("(https://a.test/x)");
    assert_string_equal(sql("SELECT url FROM link_previews"),
                        "https://a.test/x");
}

TEST(blanked_and_edited_texts_take_their_address_along)
{
    int64_t id = says("http://a.test/um"), other = says("http://a.test/um");

    UNUSED;
    sql("UPDATE messages SET body = 'http://a.test/dois' WHERE id = %" PRId64,
        id);
    assert_string_equal(
        sql("SELECT string_agg(url, ' ' ORDER BY id) FROM link_previews"),
        "http://a.test/um http://a.test/dois");
    sql("UPDATE messages SET body = '', deleted_at = now() WHERE id = "
        "%" PRId64,
        id);
    assert_string_equal(sql("SELECT url FROM link_previews"),
                        "http://a.test/um");
    sql("DELETE FROM messages WHERE id = %" PRId64, other);
    assert_int_equal(sql_int("SELECT count(*) FROM link_previews"), 0);
}

TEST(company_switches_it_off_and_what_was_kept_goes)
{
    struct browser admin = browser_of(fx.admin);
    struct answer *a;

    UNUSED;
    says("http://a.test/um");
    a = call(&(struct call){ .program = "messages",
                             .method = "PUT",
                             .path = "/api/v1/messages/settings",
                             .body = "{\"linkPreviews\":false}",
                             .token = token_of(fx.admin) });
    assert_status(a, 200);
    assert_false(json_object_get_boolean(at(a, "linkPreviews")));
    assert_true(json_object_get_boolean(at(a, "readReceipts")));
    assert_int_equal(sql_int("SELECT count(*) FROM link_previews"), 0);
    says("http://a.test/dois");
    assert_int_equal(sql_int("SELECT count(*) FROM link_previews"), 0);
    a = browser_page(admin, "admin", "/admin/company");
    assert_has(a, "Mostrar prévias dos endereços");
    a = browser_submit(admin, "admin", "/admin/company/messages",
                       "linkPreviews=true");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT link_previews || ' ' || read_receipts FROM "
                            "companies WHERE id = 1"),
                        "true false");
}

TEST(previews_of_a_company_are_its_own)
{
    UNUSED;
    says("http://a.test/um");
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, "
        "kind, body, status) VALUES (2, 66, 42, 'contact', 'text', "
        "'http://a.test/um', 'received')");
    assert_int_equal(sql_int("SELECT count(*) FROM link_previews"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM messages m JOIN "
                             "link_previews p ON p.id = m.link_id AND "
                             "p.company_id = m.company_id"),
                     2);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(link_of_a_message_becomes_a_card_in_the_api_and_in_the_page),
        T(what_is_read_of_each_page),
        T(what_is_not_public_is_never_reached),
        T(the_same_link_is_read_once_and_expires),
        T(only_texts_with_a_web_address_ask_for_one),
        T(blanked_and_edited_texts_take_their_address_along),
        T(company_switches_it_off_and_what_was_kept_goes),
        T(previews_of_a_company_are_its_own),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
