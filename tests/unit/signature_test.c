/* signature_test.c - assinatura de webhooks sobre o corpo bruto. */
#include "auth/signature.h"
#include "auth_kit.h"

#define BODY "{\"object\":\"x\",\"t\":\"\\u00e4\"}"
#define HEX "ab83faddd8ee141ba9ed441b7947a818918a5366c3f08b135b11d167d2880cb8"

static const struct slice key = { "app-secret-1", 12 };

TEST(reference_vector_is_signed_as_published)
{
    char out[SIGNATURE_CHARS + 1];

    (void)state;
    signature_make(key, text_slice(BODY), out);
    assert_string_equal(out, HEX);
    assert_true(signature_check("sha256=" HEX, key, text_slice(BODY)));
}

TEST(changed_body_key_or_signature_is_refused)
{
    char bad[] = "sha256=" HEX;

    (void)state;
    assert_false(signature_check(bad, key, text_slice(BODY " ")));
    assert_false(
        signature_check(bad, text_slice("app-secret-2"), text_slice(BODY)));
    bad[sizeof bad - 2] ^= 1;
    assert_false(signature_check(bad, key, text_slice(BODY)));
}

TEST(malformed_header_is_refused)
{
    static const char *const bad[] = {
        "",
        "sha256=",
        "sha256",
        HEX,
        "sha1=" HEX,
        "sha256=" HEX "0",
        "sha256=zz83faddd8ee141ba9ed441b7947a818918a5366c3f08b135b11d167d2880c"
        "b8",
        " sha256=" HEX,
        "SHA256=" HEX,
        "sha256=" HEX ",sha256=" HEX,
    };
    size_t i;

    (void)state;
    assert_false(signature_check(NULL, key, text_slice(BODY)));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(signature_check(bad[i], key, text_slice(BODY)));
}

TEST(channel_without_secret_accepts_nothing)
{
    struct slice none = { NULL, 0 };
    char header[8 + SIGNATURE_CHARS] = "sha256=";

    (void)state;
    signature_make(none, text_slice(BODY), header + 7);
    assert_false(signature_check(header, none, text_slice(BODY)));
}

TEST(body_with_nul_bytes_counts_whole)
{
    struct slice a = { "a\0b", 3 }, b = { "a\0c", 3 }, empty = { NULL, 0 };
    char header[8 + SIGNATURE_CHARS] = "sha256=";

    (void)state;
    signature_make(key, a, header + 7);
    assert_true(signature_check(header, key, a));
    assert_false(signature_check(header, key, b));
    signature_make(key, empty, header + 7);
    assert_true(signature_check(header, key, empty));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_vector_is_signed_as_published),
        cmocka_unit_test(changed_body_key_or_signature_is_refused),
        cmocka_unit_test(malformed_header_is_refused),
        cmocka_unit_test(channel_without_secret_accepts_nothing),
        cmocka_unit_test(body_with_nul_bytes_counts_whole),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
