/*
 * web_push_test.c - a cifra do Web Push contra o vetor da norma, as chaves que
 * se recusam, e os endereços a que não se manda nada.
 */
#include <arpa/inet.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/base64url.h"
#include "auth/vapid.h"
#include "auth/web_push.h"
#include "auth_kit.h"
#include "base/address.h"
#include "base/conf.h"

/* RFC 8291, apêndice A. */
#define UA_PUBLIC \
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZ" \
    "GH6SRpkNtoIAiw4"
#define UA_AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define AS_PRIVATE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define PLAIN "When I grow up, I want to be a watermelon"
#define RESULT \
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg" \
    "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB" \
    "St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"

static void
decode(const char *text, unsigned char *out, size_t room)
{
    size_t n;

    assert_true(base64url_decode(text, strlen(text), out, room, &n));
    assert_int_equal(n, room);
}

static const char *
encoded(struct slice bytes)
{
    char *out = arena_alloc(kit.arena, BASE64URL_CHARS(bytes.len) + 1);

    base64url_encode(bytes.data, bytes.len, out);
    return out;
}

TEST(vector_of_the_standard_comes_out_byte_by_byte)
{
    struct push_seed seed;
    struct push_keys keys;
    struct slice out;

    (void)state;
    decode(AS_PRIVATE, seed.scalar, sizeof seed.scalar);
    decode(SALT, seed.salt, sizeof seed.salt);
    assert_true(push_keys_read(UA_PUBLIC, UA_AUTH, &keys));
    assert_true(
        push_seal_with(kit.arena, &keys, &seed, text_slice(PLAIN), &out));
    assert_string_equal(encoded(out), RESULT);
}

TEST(same_text_twice_does_not_look_the_same)
{
    struct push_keys keys;
    struct slice a, b;

    (void)state;
    assert_true(push_keys_read(UA_PUBLIC, UA_AUTH, &keys));
    assert_true(push_seal(kit.arena, &keys, text_slice("oi"), &a));
    assert_true(push_seal(kit.arena, &keys, text_slice("oi"), &b));
    assert_int_equal(a.len, 16 + 4 + 1 + 65 + 2 + 1 + 16);
    assert_memory_not_equal(a.data, b.data, 16);
    assert_memory_not_equal(a.data + 86, b.data + 86, 19);
}

TEST(text_that_does_not_fit_in_a_record_is_refused)
{
    char *big = arena_alloc(kit.arena, PUSH_PLAIN_MAX + 1);
    struct push_keys keys;
    struct slice out;

    (void)state;
    memset(big, 'x', PUSH_PLAIN_MAX + 1);
    assert_true(push_keys_read(UA_PUBLIC, UA_AUTH, &keys));
    assert_true(push_seal(kit.arena, &keys,
                          (struct slice){ big, PUSH_PLAIN_MAX }, &out));
    assert_int_equal(out.len, 4096);
    assert_false(push_seal(kit.arena, &keys,
                           (struct slice){ big, PUSH_PLAIN_MAX + 1 }, &out));
}

TEST(keys_off_the_curve_or_of_another_size_are_refused)
{
    unsigned char point[PUSH_POINT_BYTES];
    struct push_keys keys;

    (void)state;
    decode(UA_PUBLIC, point, sizeof point);
    point[64] ^= 1;
    assert_false(push_keys_read(
        encoded((struct slice){ (const char *)point, sizeof point }), UA_AUTH,
        &keys));
    point[64] ^= 1;
    point[0] = 2;
    assert_false(push_keys_read(
        encoded((struct slice){ (const char *)point, sizeof point }), UA_AUTH,
        &keys));
    assert_false(push_keys_read("", UA_AUTH, &keys));
    assert_false(push_keys_read(UA_PUBLIC, "BTBZ", &keys));
    assert_false(push_keys_read(UA_PUBLIC, UA_PUBLIC, &keys));
    assert_false(push_keys_read(UA_PUBLIC "A", UA_AUTH, &keys));
}

TEST(endpoint_must_be_https_on_a_name_of_the_internet)
{
    static const char *const bad[] = {
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://push.example.com:8443/x",
        "https://a@push.example.com/x",
        "https://push.example.com",
        "https://push.example.com?x",
        "https://push.example.com/a b",
        "https://push.example.com/\r\nX: y",
        "https:///x",
        "ftp://push.example.com/x",
        "file:///etc/passwd",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(push_endpoint_allowed(bad[i]) ? bad[i] : "", "");
    assert_true(push_endpoint_allowed(
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA"));
    assert_true(
        push_endpoint_allowed("https://fcm.googleapis.com/fcm/send/a:b_c"));
}

static bool
is_public(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_is_public((struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_is_public((struct sockaddr *)&v6);
}

TEST(addresses_from_inside_are_not_public)
{
    static const char *const inside[] = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001:0:1::",
        "2001:db8::1",
        "3fff::1",
    };
    static const char *const outside[] = { "1.1.1.1",       "100.63.255.255",
                                           "100.128.0.0",   "172.15.0.1",
                                           "172.32.0.1",    "198.20.0.1",
                                           "223.255.255.1", "9.255.255.255",
                                           "2606:4700::1",  "2a00:1450::200e" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof inside / sizeof *inside; i++)
        assert_string_equal(is_public(inside[i]) ? inside[i] : "", "");
    for (i = 0; i < sizeof outside / sizeof *outside; i++)
        assert_string_equal(is_public(outside[i]) ? "" : outside[i], "");
    assert_false(address_is_public(&(struct sockaddr){ .sa_family = AF_UNIX }));
}

TEST(key_is_made_once_and_only_for_its_owner)
{
    const char *path = conf()->push_key_file;
    struct stat st;

    (void)state;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(vapid_key_create(path));
    assert_true(vapid_is_on());
    assert_int_equal(strlen(vapid_public(kit.arena)), 87);
    assert_int_equal(vapid_public(kit.arena)[0], 'B');
}

TEST(token_is_for_the_origin_alone_and_ends)
{
    const char *text = vapid_header(
        kit.arena, "https://push.example.com/send/abc?x=1", 1800000000);
    char token[1000], claims[1000];
    unsigned char raw[700];
    size_t n;
    const char *dot;

    (void)state;
    assert_int_equal(sscanf(text, "vapid t=%999[^,],", token), 1);
    assert_non_null(strstr(
        text, arena_printf(kit.arena, ", k=%s", vapid_public(kit.arena))));
    dot = strchr(token, '.') + 1;
    assert_true(base64url_decode(dot, strcspn(dot, "."), raw, sizeof raw, &n));
    snprintf(claims, sizeof claims, "%.*s", (int)n, (const char *)raw);
    assert_non_null(strstr(claims, "\"aud\":\"https://push.example.com\""));
    assert_non_null(strstr(claims, "\"exp\":1800043200"));
    assert_non_null(strstr(claims, "\"sub\":\"mailto:root@localhost\""));
}

static int
up(void **state)
{
    static char path[60];

    snprintf(path, sizeof path, "/tmp/balcao-push.%d.pem", (int)getpid());
    unlink(path);
    kit_conf()->push_key_file = path;
    return vapid_key_create(path) ? kit_up(state) : 1;
}

static int
down(void **state)
{
    unlink(conf()->push_key_file);
    vapid_forget();
    return kit_down(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_of_the_standard_comes_out_byte_by_byte),
        cmocka_unit_test(same_text_twice_does_not_look_the_same),
        cmocka_unit_test(text_that_does_not_fit_in_a_record_is_refused),
        cmocka_unit_test(keys_off_the_curve_or_of_another_size_are_refused),
        cmocka_unit_test(endpoint_must_be_https_on_a_name_of_the_internet),
        cmocka_unit_test(addresses_from_inside_are_not_public),
        cmocka_unit_test(key_is_made_once_and_only_for_its_owner),
        cmocka_unit_test(token_is_for_the_origin_alone_and_ends),
    };

    return cmocka_run_group_tests(tests, up, down);
}
