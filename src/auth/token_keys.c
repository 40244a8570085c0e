/* token_keys.c - a tabela de chaves de token, feita na primeira vez. */
#include "auth/token_keys.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"

#define KEYS_MAX 40

static struct {
    struct arena *arena; /* NULL: ainda não se leu */
    int count;
    struct token_key list[KEYS_MAX]; /* a que assina, antes das outras */
} table;

static struct token_key *
find(enum key_purpose purpose, const char *kid)
{
    int i;

    for (i = 0; i < table.count; i++)
        if (table.list[i].purpose == purpose &&
            strcmp(table.list[i].kid, kid) == 0)
            return &table.list[i];
    return NULL;
}

/* A mesma chave em dois lugares da configuração é uma só. */
static bool
add(const struct token_key *key)
{
    if (find(key->purpose, key->kid) != NULL)
        return true;
    if (table.count == KEYS_MAX)
        return false;
    table.list[table.count++] = *key;
    return true;
}

/* As derivadas de cada app_secret aceito; a do atual vem primeiro. */
static void
add_derived(enum key_purpose purpose)
{
    int i;

    for (i = 0; i < keys_count(); i++) {
        struct slice key = { (const char *)keys_get_at(purpose, i), KEY_BYTES };
        char *kid = arena_alloc(table.arena, 2 * KEY_ID_BYTES + 1);

        hex_encode(keys_id_at(purpose, i), KEY_ID_BYTES, kid);
        add(&(struct token_key){ .purpose = purpose,
                                 .alg = KEY_HS256,
                                 .kid = kid,
                                 .sign = key,
                                 .verify = key });
    }
}

static bool
add_pem(const char *name, const char *path, const struct pem_key *pem,
        bool signs, const struct key_report *report)
{
    if (pem->private_pem.len > 0 && pem_file_exposed(path))
        report->warning(name, arena_printf(table.arena,
                                           _("%s: todos podem ler a chave "
                                             "privada; chmod 640"),
                                           path));
    if (add(&(struct token_key){ .purpose = KEY_JWT,
                                 .alg = pem->alg,
                                 .kid = arena_strdup(table.arena, pem->kid),
                                 .sign = signs ? pem->private_pem
                                               : (struct slice){ NULL, 0 },
                                 .verify = pem->public_pem,
                                 .jwk = pem->jwk }))
        return true;
    report->problem(name, _("são chaves demais"));
    return false;
}

/* A que assina, de jwt_key_file. */
static bool
add_current(enum key_alg alg, const struct key_report *report)
{
    static const char name[] = "jwt_key_file";
    const char *path = conf()->jwt_key_file, *problem;
    struct pem_key pem;

    if (path[0] == '\0') {
        report->problem(name, alg == KEY_ES256
                                  ? _("falta; crie com `openssl genpkey "
                                      "-algorithm EC -pkeyopt "
                                      "ec_paramgen_curve:P-256 -out ARQUIVO`")
                                  : _("falta; crie com `openssl genpkey "
                                      "-algorithm RSA -pkeyopt "
                                      "rsa_keygen_bits:3072 -out ARQUIVO`"));
        return false;
    }
    if (!pem_key_load(table.arena, path, &pem, &problem)) {
        report->problem(name, problem);
        return false;
    }
    if (pem.alg != alg) {
        report->problem(name, arena_printf(table.arena,
                                           _("%s: a chave é de %s, e "
                                             "jwt_algorithm é %s"),
                                           path, key_alg_name(pem.alg),
                                           key_alg_name(alg)));
        return false;
    }
    if (pem.private_pem.len == 0) {
        report->problem(name, arena_printf(table.arena,
                                           _("%s: só tem a chave pública, que "
                                             "não assina"),
                                           path));
        return false;
    }
    return add_pem(name, path, &pem, true, report);
}

/* As que só conferem, de jwt_previous_key_files. */
static bool
add_previous(const struct key_report *report)
{
    static const char name[] = "jwt_previous_key_files";
    const char *p = conf()->jwt_previous_key_files, *problem;
    struct pem_key pem;
    bool good = true;

    while (*p != '\0') {
        size_t n;
        char *path;

        p += strspn(p, ", \t");
        n = strcspn(p, ",");
        while (n > 0 && strchr(" \t", p[n - 1]) != NULL)
            n--;
        path = arena_memdup(table.arena, p, n);
        p += n + strspn(p + n, " \t");
        if (n == 0)
            continue;
        if (pem_key_load(table.arena, path, &pem, &problem)) {
            good = add_pem(name, path, &pem, false, report) && good;
        } else {
            report->problem(name, problem);
            good = false;
        }
    }
    return good;
}

static bool
load(const struct key_report *report)
{
    enum key_alg alg = key_alg_parse(conf()->jwt_algorithm);
    bool good = true;

    token_keys_forget();
    table.arena = arena_new(4096);
    if (alg == KEY_ALGS) {
        report->problem("jwt_algorithm", _("deve ser HS256, ES256 ou RS256"));
        return false;
    }
    if (alg != KEY_HS256)
        good = add_current(alg, report);
    else if (conf()->jwt_key_file[0] != '\0')
        report->warning("jwt_key_file", _("não se usa com HS256"));
    if (alg == KEY_HS256 || conf()->jwt_accept_hs256)
        add_derived(KEY_JWT);
    good = add_previous(report) && good;
    add_derived(KEY_STREAM);
    return good;
}

static void
log_problem(const char *key, const char *text)
{
    log_error("%s: %s", key, text);
}

static void
log_risk(const char *key, const char *text)
{
    log_warn("%s: %s", key, text);
}

void
token_keys_load(void)
{
    static const struct key_report to_log = { log_problem, log_risk };

    if (table.arena == NULL && !load(&to_log))
        exit(EX_CONFIG);
}

bool
token_keys_check(const struct key_report *report)
{
    struct pem_key pem;
    const char *problem;
    bool good = load(report);

    if (good && token_key_current(KEY_JWT)->alg != KEY_HS256 &&
        pem_key_load(table.arena, conf()->jwt_key_file, &pem, &problem) &&
        !pem_key_consistent(&pem)) {
        report->problem("jwt_key_file",
                        arena_printf(table.arena,
                                     _("%s: a chave privada não combina com a "
                                       "pública"),
                                     conf()->jwt_key_file));
        good = false;
    }
    token_keys_forget();
    return good;
}

const struct token_key *
token_key_current(enum key_purpose purpose)
{
    int i = 0;

    token_keys_load();
    while (table.list[i].purpose != purpose)
        i++;
    return &table.list[i];
}

const struct token_key *
token_key_find(enum key_purpose purpose, const char *kid)
{
    token_keys_load();
    return find(purpose, kid);
}

const struct token_key *
token_key_at(int i)
{
    token_keys_load();
    return i < table.count ? &table.list[i] : NULL;
}

void
token_keys_forget(void)
{
    arena_free(table.arena);
    memset(&table, 0, sizeof table);
}
