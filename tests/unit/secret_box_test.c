/* secret_box_test.c - cifra de segredos: ida e volta, e toda adulteração. */
#include "auth/secret_box.h"
#include "auth_kit.h"

#define CONTEXT "channel:1:7"

static struct slice
sealed(const char *text)
{
    struct slice box = { NULL, 0 };

    assert_true(secret_box_seal(kit.arena, CONTEXT, text_slice(text), &box));
    return box;
}

TEST(sealed_secret_opens_with_the_same_context)
{
    struct slice box = sealed("EAAG-token"), out;

    (void)state;
    assert_int_equal(box.len, 10 + SECRET_BOX_EXTRA_BYTES);
    assert_null(memmem(box.data, box.len, "EAAG", 4));
    assert_true(secret_box_open(kit.arena, CONTEXT, box, &out));
    assert_int_equal(out.len, 10);
    assert_string_equal(out.data, "EAAG-token");
}

TEST(empty_secret_goes_round)
{
    struct slice box = sealed(""), out;

    (void)state;
    assert_true(secret_box_open(kit.arena, CONTEXT, box, &out));
    assert_int_equal(out.len, 0);
}

TEST(same_secret_twice_gives_two_boxes)
{
    struct slice a = sealed("x"), b = sealed("x");

    (void)state;
    assert_memory_not_equal(a.data, b.data, a.len);
}

TEST(box_of_another_channel_does_not_open)
{
    struct slice box = sealed("token"), out;

    (void)state;
    assert_false(secret_box_open(kit.arena, "channel:1:70", box, &out));
    assert_false(secret_box_open(kit.arena, "channel:2:7", box, &out));
    assert_false(secret_box_open(kit.arena, "", box, &out));
}

TEST(any_changed_byte_does_not_open)
{
    struct slice box = sealed("token"), out, bad;
    char *copy = arena_memdup(kit.arena, box.data, box.len);
    size_t i;

    (void)state;
    bad = (struct slice){ copy, box.len };
    for (i = 0; i < box.len; i++) {
        copy[i] ^= 0x40;
        assert_false(secret_box_open(kit.arena, CONTEXT, bad, &out));
        copy[i] ^= 0x40;
    }
    for (i = 0; i < box.len; i++) {
        bad.len = i;
        assert_false(secret_box_open(kit.arena, CONTEXT, bad, &out));
    }
}

TEST(box_does_not_open_with_another_secret)
{
    struct slice box = sealed("token"), out;

    (void)state;
    kit_secret(SECRET_B);
    assert_false(secret_box_open(kit.arena, CONTEXT, box, &out));
    kit_secret(SECRET_A);
    assert_true(secret_box_open(kit.arena, CONTEXT, box, &out));
}

TEST(box_of_a_previous_secret_opens_and_new_ones_use_the_current)
{
    struct slice before = sealed("token"), after, out;

    (void)state;
    kit_secret(SECRET_B);
    kit_previous(SECRET_A);
    assert_true(secret_box_open(kit.arena, CONTEXT, before, &out));
    assert_string_equal(out.data, "token");
    assert_false(secret_box_open(kit.arena, "channel:1:8", before, &out));
    after = sealed("token");
    assert_memory_equal(after.data + 1, keys_id(KEY_SECRET_BOX), KEY_ID_BYTES);
    kit_previous("");
    assert_false(secret_box_open(kit.arena, CONTEXT, before, &out));
    assert_true(secret_box_open(kit.arena, CONTEXT, after, &out));
    kit_secret(SECRET_A);
    assert_false(secret_box_open(kit.arena, CONTEXT, after, &out));
}

/* O id é só um rótulo: trocado pelo de outra chave nossa, o selo não bate. */
TEST(box_relabelled_with_the_other_key_does_not_open)
{
    struct slice box = sealed("token"), out;
    char *copy = arena_memdup(kit.arena, box.data, box.len);

    (void)state;
    kit_secret(SECRET_B);
    kit_previous(SECRET_A);
    memcpy(copy + 1, keys_id(KEY_SECRET_BOX), KEY_ID_BYTES);
    assert_false(secret_box_open(kit.arena, CONTEXT,
                                 (struct slice){ copy, box.len }, &out));
    kit_previous("");
    kit_secret(SECRET_A);
}

TEST(null_and_oversized_are_refused)
{
    struct slice none = { NULL, 0 }, out, big;

    (void)state;
    assert_false(secret_box_open(kit.arena, CONTEXT, none, &out));
    big.len = SECRET_BOX_MAX_BYTES + 1;
    big.data = arena_alloc(kit.arena, big.len);
    assert_false(secret_box_seal(kit.arena, CONTEXT, big, &out));
    big.len--;
    assert_true(secret_box_seal(kit.arena, CONTEXT, big, &out));
    assert_true(secret_box_open(kit.arena, CONTEXT, out, &big));
}

TEST(opened_secret_is_wiped_with_the_arena)
{
    struct arena *a = arena_new(4096);
    struct slice box = sealed("token-in-memory"), out;

    (void)state;
    assert_true(secret_box_open(a, CONTEXT, box, &out));
    arena_reset(a); /* o primeiro bloco continua vivo */
    assert_int_equal(out.data[0], 0);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_secret_opens_with_the_same_context),
        cmocka_unit_test(empty_secret_goes_round),
        cmocka_unit_test(same_secret_twice_gives_two_boxes),
        cmocka_unit_test(box_of_another_channel_does_not_open),
        cmocka_unit_test(any_changed_byte_does_not_open),
        cmocka_unit_test(box_does_not_open_with_another_secret),
        cmocka_unit_test(
            box_of_a_previous_secret_opens_and_new_ones_use_the_current),
        cmocka_unit_test(box_relabelled_with_the_other_key_does_not_open),
        cmocka_unit_test(null_and_oversized_are_refused),
        cmocka_unit_test(opened_secret_is_wiped_with_the_arena),
    };

    return cmocka_run_group_tests(tests, kit_up, kit_down);
}
