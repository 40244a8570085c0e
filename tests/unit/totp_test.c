/* totp_test.c - os vetores da RFC 6238, a janela e a repetição. */
#include "auth/totp.h"
#include "auth_kit.h"

/* O segredo do apêndice B. */
static const unsigned char secret[] = "12345678901234567890";

static bool
check(const char *code, int64_t now_s, int64_t last, int64_t *step)
{
    return totp_check(secret, code, now_s, last, step);
}

/* Apêndice B, modo SHA1: os 6 últimos dos 8 dígitos. */
TEST(codes_of_rfc_6238_are_accepted_at_their_time)
{
    static const struct {
        int64_t at_s;
        const char *code;
    } vector[] = {
        { 59, "287082" },         { 1111111109, "081804" },
        { 1111111111, "050471" }, { 1234567890, "005924" },
        { 2000000000, "279037" }, { 20000000000, "353130" },
    };
    int64_t step;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof vector / sizeof *vector; i++) {
        assert_true(check(vector[i].code, vector[i].at_s, -1, &step));
        assert_int_equal(step, vector[i].at_s / 30);
        assert_false(check("000000", vector[i].at_s, -1, &step));
    }
}

TEST(neighbour_steps_pass_and_the_next_ones_do_not)
{
    int64_t at = 1111111109, step = -1;

    (void)state;
    assert_true(check("081804", at + 30, -1, &step));
    assert_int_equal(step, at / 30);
    assert_true(check("081804", at - 30, -1, &step));
    assert_int_equal(step, at / 30);
    step = 77;
    assert_false(check("081804", at + 60, -1, &step));
    assert_false(check("081804", at - 60, -1, &step));
    assert_int_equal(step, 77);
}

TEST(used_code_and_older_ones_are_refused)
{
    int64_t at = 1111111111, step;

    (void)state;
    assert_true(check("050471", at, -1, &step));
    assert_false(check("050471", at, step, &step));
    assert_false(check("081804", at, at / 30, &step)); /* o passo anterior */
    assert_true(check("081804", at, at / 30 - 2, &step));
}

TEST(spaces_are_forgiven_and_other_text_is_not)
{
    static const char *const good[] = { "287 082", " 287082 ", "28 70 82",
                                        "287\302\240082" };
    static const char *const bad[] = { "",        "28708",    "2870822",
                                       "287-082", "28708a",   "-287082",
                                       "٢٨٧٠٨٢",  "287082\n", "\xc2" };
    int64_t step;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(check(good[i], 59, -1, &step));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(check(bad[i], 59, -1, &step));
    assert_false(check(NULL, 59, -1, &step));
}

TEST(first_seconds_of_1970_do_not_read_a_negative_step)
{
    int64_t step;

    (void)state;
    assert_false(check("000000", 0, -1, &step));
    assert_true(check("755224", 0, -1, &step)); /* RFC 4226, contador 0 */
    assert_int_equal(step, 0);
}

TEST(secrets_are_160_bits_in_base32_and_never_the_same)
{
    unsigned char a[TOTP_SECRET_BYTES], b[TOTP_SECRET_BYTES];
    char text[TOTP_SECRET_CHARS + 1];

    (void)state;
    totp_secret(a);
    totp_secret(b);
    assert_memory_not_equal(a, b, sizeof a);
    totp_secret_text(secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST(uri_encodes_issuer_and_account)
{
    const char *uri = totp_uri(kit.arena, secret, "ana+a:b&c=d@demo.balcao");

    (void)state;
    assert_string_equal(
        uri, "otpauth://totp/Balc%C3%A3o:ana%2Ba%3Ab%26c%3Dd%40demo.balcao"
             "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Balc%C3%A3o"
             "&algorithm=SHA1&digits=6&period=30");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_rfc_6238_are_accepted_at_their_time),
        cmocka_unit_test(neighbour_steps_pass_and_the_next_ones_do_not),
        cmocka_unit_test(used_code_and_older_ones_are_refused),
        cmocka_unit_test(spaces_are_forgiven_and_other_text_is_not),
        cmocka_unit_test(first_seconds_of_1970_do_not_read_a_negative_step),
        cmocka_unit_test(secrets_are_160_bits_in_base32_and_never_the_same),
        cmocka_unit_test(uri_encodes_issuer_and_account),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
