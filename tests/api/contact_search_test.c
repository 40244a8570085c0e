/*
 * contact_search_test.c - procurar entre muitos: o que é comum, o que é raro,
 * o que se escreveu errado, e o dicionário que o corrige.
 */
#include <inttypes.h>
#include <string.h>

#include "harness.h"

#define BASE "/api/v1/contacts"

static struct answer *
find(const char *query)
{
    struct answer *a = get_as(fx.agent, "contacts", text(BASE "?%s", query));

    assert_status(a, 200);
    return a;
}

static size_t
count_of(const char *query)
{
    return json_object_array_length(at(find(query), "data"));
}

static const char *
first_of(const char *query)
{
    return at_text(find(query), "data.0.name");
}

/* Mais do que os recentes que se leem sem índice; nenhum se chama como os da
 * fixture. */
static void
crowd(void)
{
    sql("INSERT INTO contacts (company_id, name, phone) SELECT 1, CASE i %% 2 "
        "WHEN 0 THEN 'Vera ' ELSE 'Nélio ' END || chr(97 + i %% 26) || "
        "chr(97 + i / 26 %% 26) || 'ussi Lima', '55219' || (80000000 + i) FROM "
        "generate_series(1, 4000) i");
    sql("ANALYZE contacts");
}

/* Conta a palavra no dicionário da empresa 1. */
static int64_t
known(const char *word)
{
    return sql_int("SELECT count(DISTINCT word) FROM contact_words WHERE "
                   "company_id = 1 AND word = '%s'",
                   word);
}

static void
doubts_end(void)
{
    sql("UPDATE contact_words SET doubt_at = doubt_at - interval '2 minutes'");
    sql("SELECT contact_words_check(100)");
}

TEST(the_common_and_the_rare_are_found_in_a_crowd)
{
    UNUSED;
    crowd();
    assert_int_equal(count_of("q=lima&limit=20"), 20);
    assert_int_equal(count_of("q=lima%20vera&limit=20"), 20);
    assert_string_equal(first_of("q=cliente%20carl"), "Carla Cliente");
    assert_int_equal(count_of("q=cliente%20carl"), 1);
    assert_int_equal(count_of("q=horta"), 0);
    assert_int_equal(count_of("q=lima%20carla"), 0);
    assert_string_equal(first_of("q=987650004"), "Fábio Farias");
    assert_int_equal(count_of("q=7650004"), 1);
    /* de duas empresas, a maior também não vê os da outra */
    assert_int_equal(
        json_object_array_length(
            at(get_as(fx.stranger, "contacts", BASE "?q=lima"), "data")),
        0);
    assert_int_equal(
        json_object_array_length(
            at(get_as(fx.stranger, "contacts", BASE "?q=hort"), "data")),
        1);
}

TEST(filters_hold_in_a_crowd)
{
    UNUSED;
    crowd();
    sql("UPDATE contacts SET blocked_at = now() WHERE id = 51");
    assert_int_equal(count_of("q=client&blocked=true"), 1);
    assert_int_equal(count_of("q=client&blocked=false"), 0);
    assert_int_equal(count_of("q=clinete&blocked=true"), 1);
    assert_int_equal(count_of("q=lima&blocked=true"), 0);
    assert_int_equal(count_of("q=client&channelId=41"), 1);
    assert_int_equal(count_of("q=lima&channelId=41"), 0);
    sql("INSERT INTO contact_lists (company_id, id, name) VALUES (1, 900, "
        "'L')");
    sql("INSERT INTO contact_list_members (company_id, list_id, contact_id) "
        "VALUES (1, 900, 51), (1, 900, 52)");
    assert_int_equal(count_of("q=client&listId=900"), 1);
    assert_int_equal(count_of("q=davvi&listId=900"), 1);
    assert_int_equal(count_of("q=farias&listId=900"), 0);
}

TEST(numbers_are_found_from_their_start_and_documents_whole)
{
    UNUSED;
    sql("UPDATE contacts SET document = '52998224725' WHERE id = 52");
    sql("UPDATE contacts SET document = '12ABC34501DE35' WHERE id = 53");
    assert_int_equal(count_of("q=5511987"), 5);
    assert_int_equal(count_of("q=(11)%2098765"), 5);
    assert_string_equal(first_of("q=11%2098765-0003"), "Eva Evaristo");
    assert_int_equal(count_of("q=11%2098765-0003"), 1);
    assert_string_equal(first_of("q=529.982.247-25"), "Davi Dias");
    assert_string_equal(first_of("q=12.abc.345/01de-35"), "Eva Evaristo");
    assert_int_equal(count_of("q=12.abc.345/01de-36"), 0);
}

TEST(each_wrong_word_is_corrected_by_itself)
{
    UNUSED;
    crowd();
    sql("UPDATE contacts SET email = 'fabio.farias@cafeteira.test' WHERE id = "
        "54");
    assert_string_equal(first_of("q=carla%20clinete"), "Carla Cliente");
    assert_string_equal(first_of("q=clientte%20crla"), "Carla Cliente");
    assert_string_equal(first_of("q=fbio%20farrias"), "Fábio Farias");
    assert_string_equal(first_of("q=farias%40cafetera.test"), "Fábio Farias");
    /* certas as duas, mas não juntas: uma delas é que se trocou */
    sql("INSERT INTO contacts (company_id, name) VALUES (1, 'Karla Farias')");
    assert_string_equal(first_of("q=karla%20cliente"), "Carla Cliente");
    assert_int_equal(count_of("q=xyzwk"), 0);
    assert_int_equal(count_of("q=hroto"), 0);
}

TEST(words_follow_who_has_them)
{
    UNUSED;
    assert_int_equal(known("cliente"), 1);
    assert_int_equal(known("horta"), 0);
    sql("INSERT INTO contacts (company_id, id, name) VALUES (1, 900, "
        "'Gil Öztürk-Šimić 2 Jr')");
    assert_int_equal(known("ozturksimic"), 1);
    sql("UPDATE contacts SET name = 'Apagado', erased_at = now() WHERE id = "
        "900");
    assert_int_equal(known("apagado"), 1);
    doubts_end();
    assert_int_equal(known("ozturksimic"), 0);
    assert_int_equal(known("gil"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_words WHERE "
                             "doubt_at IS NOT NULL"),
                     0);
    /* quem chega enquanto se duvida da palavra fica com ela */
    sql("INSERT INTO contacts (company_id, id, name) VALUES (1, 901, "
        "'Ivo Rarissimo')");
    sql("DELETE FROM contacts WHERE id = 901");
    sql("INSERT INTO contacts (company_id, id, name) VALUES (1, 902, "
        "'Lia Rarissimo')");
    doubts_end();
    assert_int_equal(known("rarissimo"), 1);
    assert_int_equal(known("ivo"), 0);
    assert_string_equal(first_of("q=rarisismo"), "Lia Rarissimo");
    /* quem volta à lista volta com as suas */
    sql("UPDATE contacts SET deleted_at = now() WHERE id = 902");
    sql("INSERT INTO contact_words (company_id, word, doubt_at) VALUES (1, "
        "'rarissimo', now())");
    doubts_end();
    assert_int_equal(known("rarissimo"), 0);
    sql("UPDATE contacts SET deleted_at = NULL WHERE id = 902");
    assert_int_equal(known("rarissimo"), 1);
}

TEST(search_everything_pages_by_id_beyond_the_newest)
{
    struct answer *a;
    const char *path = "/api/v1/search/contacts?q=%s&limit=4";

    UNUSED;
    crowd();
    a = get_as(fx.agent, "search", text(path, "987650"));
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 4);
    assert_string_equal(at_text(a, "data.0.name"), "Gil Gomes");
    a = get_as(fx.agent, "search",
               text("/api/v1/search/contacts?q=987650&limit=4&cursor=%s",
                    at_text(a, "nextCursor")));
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_string_equal(at_text(a, "data.0.name"), "Carla Cliente");
    a = get_as(fx.agent, "search", text(path, "lima"));
    assert_string_equal(at_text(a, "data.0.phone"), "5521980004000");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(the_common_and_the_rare_are_found_in_a_crowd),
        T(filters_hold_in_a_crowd),
        T(numbers_are_found_from_their_start_and_documents_whole),
        T(each_wrong_word_is_corrected_by_itself),
        T(words_follow_who_has_them),
        T(search_everything_pages_by_id_beyond_the_newest),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
