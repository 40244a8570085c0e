/* audit_words_test.c - do registro à frase que a pessoa lê. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "auth/audit_words.h"
#include "base/when.h"

/* o fail() dela esconderia o nosso: por isso vem depois */
#include <cmocka.h>

static struct arena *arena;

static struct q_audit_row
row_of(const char *action, const char *name, const char *before,
       const char *after)
{
    char *kind = arena_strdup(arena, action);

    *strchrnul(kind, '.') = '\0';
    return (struct q_audit_row){ .user_id = 11,
                                 .user_name = "Ana",
                                 .action = action,
                                 .target_type = kind,
                                 .target_id = "13",
                                 .target_name = name,
                                 .before = before,
                                 .after = after,
                                 .address = "",
                                 .user_agent = "",
                                 .request_id = "" };
}

static const char *
sentence(const char *action, const char *before, const char *after)
{
    struct q_audit_row row = row_of(action, "Bruno", before, after);

    return audit_sentence(arena, &row);
}

static void
one_changed_column_is_told_with_both_values(void **state)
{
    (void)state;
    assert_string_equal(sentence("member.updated", "{\"role\":\"operator\"}",
                                 "{\"role\":\"supervisor\"}"),
                        "mudou o papel de Bruno: Atendimento → Supervisão");
    assert_string_equal(
        sentence("queue.updated", "{\"name\":\"A\"}", "{\"name\":\"B\"}"),
        "mudou o nome de Bruno: A → B");
    assert_string_equal(sentence("member.updated", "{\"novo_campo\":1}",
                                 "{\"novo_campo\":null}"),
                        "mudou novo_campo de Bruno: 1 → —");
}

static void
many_changed_columns_are_listed(void **state)
{
    (void)state;
    assert_string_equal(sentence("member.updated",
                                 "{\"role\":\"a\",\"visibility\":\"own\"}",
                                 "{\"role\":\"b\",\"visibility\":\"all\"}"),
                        "mudou o papel e a visibilidade de Bruno");
    assert_string_equal(sentence("role.updated",
                                 "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}",
                                 "{\"a\":2,\"b\":2,\"c\":2,\"d\":2}"),
                        "mudou a, b, c e mais 1 de Bruno");
}

static void
some_columns_have_their_own_sentence(void **state)
{
    (void)state;
    assert_string_equal(sentence("member.updated", "{\"disabled_at\":null}",
                                 "{\"disabled_at\":\"2026-11-21T06:00:00\"}"),
                        "desligou Bruno");
    assert_string_equal(
        sentence("member.updated",
                 "{\"disabled_at\":\"2026-11-21T06:00:00+00:00\"}",
                 "{\"disabled_at\":null}"),
        "religou Bruno");
    assert_string_equal(sentence("user.updated", "{\"password_hash\":\"***\"}",
                                 "{\"password_hash\":\"***\"}"),
                        "trocou a senha de Bruno");
}

static void
secret_values_are_not_compared(void **state)
{
    (void)state;
    assert_string_equal(sentence("channel.updated", "{\"secrets\":\"***\"}",
                                 "{\"secrets\":\"***\"}"),
                        "mudou os segredos de Bruno");
}

static void
unknown_action_still_says_something(void **state)
{
    struct q_audit_row row = row_of("foo.bar", NULL, NULL, NULL);

    (void)state;
    assert_string_equal(audit_sentence(arena, &row), "foo.bar: nº 13");
    assert_string_equal(audit_action_label("foo.bar"), "foo.bar");
    assert_false(audit_action_known("foo.bar"));
    row = row_of("login.failed", NULL, "não é json", "[1,2]");
    row.target_id = "";
    assert_string_equal(audit_sentence(arena, &row),
                        "tentou entrar como uma conta desconhecida e não "
                        "conseguiu");
}

static void
who_is_never_empty(void **state)
{
    struct q_audit_row row = row_of("logout", NULL, NULL, NULL);

    (void)state;
    assert_string_equal(audit_who(&row), "Ana");
    row.user_name = "";
    assert_string_equal(audit_who(&row), "Pessoa sem nome");
    row.user_id = 0;
    assert_string_equal(audit_who(&row), "Sistema");
    row.address = "10.0.0.1";
    assert_string_equal(audit_who(&row), "Alguém");
}

static void
changes_show_each_side_in_words(void **state)
{
    struct q_audit_row row =
        row_of("role.created", "Recepção", NULL,
               "{\"id\":1,\"company_id\":1,\"permissions\":[\"a\",\"b\"],"
               "\"is_super\":true,\"created_at\":"
               "\"2026-11-21T06:00:00.5+00:00\",\"scopes\":[]}");
    struct audit_change *list;
    size_t n = audit_changes(arena, &row, &list);

    (void)state;
    assert_int_equal(n, 4);
    assert_null(list[0].before);
    assert_string_equal(list[0].label, "Permissões");
    assert_string_equal(list[0].after, "a, b");
    assert_string_equal(list[1].after, "sim");
    assert_string_equal(list[2].after, "2026-11-21 06:00");
    assert_string_equal(list[3].after, "nenhum");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_changed_column_is_told_with_both_values),
        cmocka_unit_test(many_changed_columns_are_listed),
        cmocka_unit_test(some_columns_have_their_own_sentence),
        cmocka_unit_test(secret_values_are_not_compared),
        cmocka_unit_test(unknown_action_still_says_something),
        cmocka_unit_test(who_is_never_empty),
        cmocka_unit_test(changes_show_each_side_in_words),
    };
    int failed;

    arena = arena_new(4096);
    when_zone("UTC");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
