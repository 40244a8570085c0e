/* upload_test.c - um formulário com arquivo, do fio ao tratador. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* o fail() de cmocka esconderia o nosso, de base/ctx.h */
#undef fail
#undef fail_msg
#define fail_msg(...) \
    do { \
        print_error(__VA_ARGS__); \
        _fail(__FILE__, __LINE__); \
    } while (0)

#include "app/app.h"
#include "app/describe.h"
#include "base/conf.h"
#include "base/log.h"

#define TEST(name) static void name(void **state)
#define UNUSED (void)state
#define PNG "\x89PNG\r\n\x1a\n"
#define TEXT_PART(name, value) \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value \
    "\r\n"
#define FILE_PART(name, filename, type, data) \
    "--b\r\nContent-Disposition: form-data; name=\"" name \
    "\"; filename=\"" filename "\"\r\nContent-Type: " type "\r\n\r\n" data \
    "\r\n"
#define END "--b--\r\n"

/* clang-format off */
struct profile_in { const char *name; const struct upload *picture; int64_t age; };
static const struct field profile_in[] = {
    TEXT(struct profile_in, name, .required = true, .max = 10, .doc = "Nome"),
    UPLOAD(struct profile_in, picture, .max = 20, .doc = "Foto",
           .one_of = "image/png image/webp"),
    INT(struct profile_in, age, .min = 1, .max = 200, .fallback = 7,
        .doc = "Idade"),
    FIELDS_END
};
struct need_in { const struct upload *logo; };
static const struct field need_in[] = {
    UPLOAD(struct need_in, logo, .required = true, .doc = "Logo"), FIELDS_END
};
/* clang-format on */

static struct profile_in seen;
static char filename[64];
static int calls;

static enum err
take_profile(struct req *r, const void *input)
{
    seen = *(const struct profile_in *)input;
    calls++;
    assert_ptr_equal(seen.picture, req_file(r, "picture"));
    if (seen.picture != NULL)
        snprintf(filename, sizeof filename, "%s", seen.picture->filename);
    return reply_empty(r);
}

static enum err
take_logo(struct req *r, const void *input)
{
    const struct need_in *in = input;

    assert_non_null(in->logo);
    calls++;
    return reply_empty(r);
}

/* clang-format off */
static const struct route routes[] = {
    { POST, "/api/v1/profile", take_profile, .auth = AUTH_PUBLIC,
      .accepts = ACCEPT_MULTIPART, .max_body = 2000, .doc = "Perfil",
      IN(struct profile_in, profile_in) },
    { POST, "/api/v1/logo", take_logo, .auth = AUTH_PUBLIC,
      .accepts = ACCEPT_MULTIPART, .doc = "Logo", IN(struct need_in, need_in) },
    { POST, "/profile", take_profile, .auth = AUTH_PUBLIC_FORM, .html = true,
      .accepts = ACCEPT_MULTIPART, .doc = "Perfil, por página",
      IN(struct profile_in, profile_in) },
    ROUTES_END
};
/* clang-format on */

/* Um pedido de mentira, sobre texto. */
struct fake {
    struct io io;
    const char *uri, *type;
    const char *body;
    size_t len, at;
    char length[24];
    char out[8192];
    size_t out_len;
};

static const char *
fake_param(struct io *io, const char *name)
{
    struct fake *f = (struct fake *)io;

    return strcmp(name, "REQUEST_METHOD") == 0   ? "POST"
           : strcmp(name, "REQUEST_URI") == 0    ? f->uri
           : strcmp(name, "REMOTE_ADDR") == 0    ? "192.0.2.1"
           : strcmp(name, "CONTENT_TYPE") == 0   ? f->type
           : strcmp(name, "CONTENT_LENGTH") == 0 ? f->length
                                                 : NULL;
}

static long
fake_read(struct io *io, void *buffer, size_t n)
{
    struct fake *f = (struct fake *)io;

    n = n < f->len - f->at ? n : f->len - f->at;
    memcpy(buffer, f->body + f->at, n);
    f->at += n;
    return (long)n;
}

static bool
fake_write(struct io *io, const void *data, size_t n)
{
    struct fake *f = (struct fake *)io;

    assert_true(f->out_len + n < sizeof f->out);
    memcpy(f->out + f->out_len, data, n);
    f->out_len += n;
    f->out[f->out_len] = '\0';
    return true;
}

static struct fake reply_of;

static void
send_n(const char *uri, const char *type, const char *body, size_t n,
       const char *status)
{
    struct arena *a = arena_new(4096);
    struct fake *f = &reply_of;

    *f = (struct fake){
        .io = { .param = fake_param, .read = fake_read, .write = fake_write },
        .uri = uri,
        .type = type,
        .body = body,
        .len = n
    };
    snprintf(f->length, sizeof f->length, "%zu", n);
    calls = 0;
    filename[0] = '\0';
    app_serve(&f->io, a);
    if (strncmp(f->out + 8, status, 3) != 0)
        fail_msg("esperado %s: %s", status, f->out);
    arena_free(a);
}

#define SEND(uri, body, status) \
    send_n(uri, "multipart/form-data; boundary=b", body, sizeof(body) - 1, \
           status)

static void
assert_says(const char *text)
{
    if (strstr(reply_of.out, text) == NULL)
        fail_msg("falta %s em %s", text, reply_of.out);
}

TEST(fields_and_file_reach_the_handler)
{
    UNUSED;
    SEND("/api/v1/profile",
         TEXT_PART("name", "Ana é") TEXT_PART("age", "33")
             FILE_PART("picture", "../../a.png", "Image/PNG", PNG) END,
         "204");
    assert_int_equal(calls, 1);
    assert_int_equal(seen.age, 33);
    assert_string_equal(filename, "a.png");
}

TEST(no_file_chosen_is_no_file)
{
    UNUSED;
    SEND("/api/v1/profile",
         TEXT_PART("name", "Ana")
             FILE_PART("picture", "", "application/octet-stream", "") END,
         "204");
    assert_null(seen.picture);
    assert_int_equal(seen.age, 7);
    SEND("/api/v1/logo",
         FILE_PART("logo", "", "application/octet-stream", "") END, "422");
    assert_says("\"rule\":\"required\"");
    assert_int_equal(calls, 0);
}

TEST(bad_fields_are_all_named_at_once)
{
    UNUSED;
    SEND("/api/v1/profile",
         TEXT_PART("name", "grande demais") TEXT_PART("age", "x")
             TEXT_PART("outro", "1")
                 FILE_PART("picture", "a.gif", "image/gif", PNG) END,
         "422");
    assert_says("\"field\":\"name\",\"rule\":\"max\"");
    assert_says("\"field\":\"age\",\"rule\":\"type\"");
    assert_says("\"field\":\"picture\",\"rule\":\"one_of\"");
    assert_says("\"field\":\"outro\",\"rule\":\"unknown\"");
}

TEST(a_file_too_big_or_empty_is_refused)
{
    UNUSED;
    SEND("/api/v1/profile",
         TEXT_PART("name", "a") FILE_PART("picture", "a.png", "image/png",
                                          "123456789012345678901") END,
         "422");
    assert_says("\"field\":\"picture\",\"rule\":\"max\"");
    SEND("/api/v1/profile",
         TEXT_PART("name", "a") FILE_PART("picture", "a.png", "image/png", "")
             END,
         "422");
    assert_says("\"field\":\"picture\",\"rule\":\"min\"");
}

TEST(text_is_not_a_file_nor_a_file_text_and_nothing_comes_twice)
{
    UNUSED;
    SEND("/api/v1/profile",
         TEXT_PART("name", "a") TEXT_PART("picture", PNG) END, "422");
    assert_says("\"field\":\"picture\",\"rule\":\"type\"");
    SEND("/api/v1/profile", FILE_PART("name", "a", "text/plain", "Ana") END,
         "422");
    assert_says("\"field\":\"name\",\"rule\":\"type\"");
    SEND("/api/v1/profile", TEXT_PART("name", "a") TEXT_PART("name", "b") END,
         "422");
    assert_says("\"rule\":\"repeated\"");
}

TEST(text_that_is_not_text_is_refused)
{
    UNUSED;
    SEND("/api/v1/profile", TEXT_PART("name", "a\0b") END, "422");
    assert_says("\"rule\":\"encoding\"");
    SEND("/api/v1/profile", TEXT_PART("name", "\xff") END, "422");
    assert_says("\"rule\":\"encoding\"");
}

TEST(a_broken_form_is_400_and_another_type_415_and_a_big_one_413)
{
    UNUSED;
    static char big[3000];

    SEND("/api/v1/profile", TEXT_PART("name", "a"), "400");
    assert_says("\"code\":\"bad-request\"");
    send_n("/api/v1/profile", "multipart/form-data", END, 7, "400");
    send_n("/api/v1/profile", "application/json", "{}", 2, "415");
    send_n("/api/v1/profile", NULL, "{}", 2, "415");
    send_n("/api/v1/profile", "multipart/form-data; boundary=b", big,
           sizeof big, "413");
    assert_int_equal(calls, 0);
}

TEST(a_page_form_may_carry_what_the_table_does_not_know)
{
    UNUSED;
    SEND("/profile",
         TEXT_PART("_csrf", "x") TEXT_PART("enfeite", "y")
             TEXT_PART("name", "Ana") END,
         "204");
    assert_int_equal(calls, 1);
}

TEST(the_table_documents_the_file)
{
    UNUSED;
    struct arena *a = arena_new(4096);
    struct str s;

    str_init(&s, a, 4096);
    openapi_write(&s, "perfil", routes);
    assert_non_null(strstr(s.data, "\"multipart/form-data\":{\"schema\":"));
    assert_non_null(
        strstr(s.data, "\"picture\":{\"type\":\"string\",\"format\":\"binary\","
                       "\"maxLength\":20"));
    assert_non_null(strstr(
        s.data, "\"encoding\":{\"picture\":{\"contentType\":\"image/png, "
                "image/webp\"}}"));
    arena_free(a);
}

TEST(a_file_field_needs_a_multipart_route)
{
    UNUSED;
    static const struct route wrong[] = { { POST, "/x", take_logo,
                                            .auth = AUTH_PUBLIC, .doc = "x",
                                            IN(struct need_in, need_in) },
                                          ROUTES_END };
    struct arena *a = arena_new(4096);
    struct str s;

    str_init(&s, a, 200);
    assert_true(routes_audit(routes, &s));
    assert_false(routes_audit(wrong, &s));
    arena_free(a);
}

static int
setup(void **state)
{
    struct conf *c = (struct conf *)(uintptr_t)conf();

    UNUSED;
    c->database_url = "host=/nonexistent";
    log_init("test", (enum log_level)(LOG_ERROR + 1));
    app.routes = routes;
    app.db = db_new(conf()->database_url);
    app.redis = redis_new("");
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_file_reach_the_handler),
        cmocka_unit_test(no_file_chosen_is_no_file),
        cmocka_unit_test(bad_fields_are_all_named_at_once),
        cmocka_unit_test(a_file_too_big_or_empty_is_refused),
        cmocka_unit_test(
            text_is_not_a_file_nor_a_file_text_and_nothing_comes_twice),
        cmocka_unit_test(text_that_is_not_text_is_refused),
        cmocka_unit_test(
            a_broken_form_is_400_and_another_type_415_and_a_big_one_413),
        cmocka_unit_test(a_page_form_may_carry_what_the_table_does_not_know),
        cmocka_unit_test(the_table_documents_the_file),
        cmocka_unit_test(a_file_field_needs_a_multipart_route),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
