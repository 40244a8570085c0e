/* conf.c - chave = valor, uma por linha; '#' começa comentário. */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/origin.h"
#include "base/str.h"

enum kind { KIND_TEXT, KIND_INT, KIND_BOOL };

struct key {
    const char *name, *doc, *text;
    enum kind kind;
    size_t offset;
    int64_t number, min, max;
};

static const struct key keys[] = {
#define CONF_TEXT(n, v, lo, hi, d) \
    { #n, d, v, KIND_TEXT, offsetof(struct conf, n), 0, lo, hi },
#define CONF_INT(n, v, lo, hi, d) \
    { #n, d, NULL, KIND_INT, offsetof(struct conf, n), v, lo, hi },
#define CONF_BOOL(n, v, d) \
    { #n, d, NULL, KIND_BOOL, offsetof(struct conf, n), v, 0, 1 },
#include "base/conf.def"
#undef CONF_TEXT
#undef CONF_INT
#undef CONF_BOOL
};

#define KEY_COUNT (sizeof keys / sizeof *keys)

static struct conf current = {
#define CONF_TEXT(n, v, lo, hi, d) .n = v,
#define CONF_INT(n, v, lo, hi, d) .n = v,
#define CONF_BOOL(n, v, d) .n = v,
#include "base/conf.def"
#undef CONF_TEXT
#undef CONF_INT
#undef CONF_BOOL
};

/* Textos que não são o padrão: quem lê de novo devolve o de antes. */
static char *owned[KEY_COUNT];

const struct conf *
conf(void)
{
    return &current;
}

static void *
member(const struct key *k)
{
    return (char *)&current + k->offset;
}

static bool
parse_bool(const char *v, bool *out)
{
    *out =
        strcmp(v, "true") == 0 || strcmp(v, "1") == 0 || strcmp(v, "on") == 0;
    return *out || strcmp(v, "false") == 0 || strcmp(v, "0") == 0 ||
           strcmp(v, "off") == 0 || v[0] == '\0';
}

static bool
set_key(const struct key *k, const char *value, const char *where, FILE *errs)
{
    int64_t n = (int64_t)strlen(value);
    const char **text;
    bool flag;

    switch (k->kind) {
    case KIND_TEXT:
        if (value[0] != '\0' || k->min == 0) {
            if (n < k->min || n > k->max)
                break;
            text = member(k);
            if (strcmp(*text, value) != 0) { /* lida de novo, a mesma fica */
                free(owned[k - keys]);
                *text = owned[k - keys] = strdup(value);
            }
            return true;
        }
        break;
    case KIND_INT:
        if (!parse_int64(value, &n) || n < k->min || n > k->max)
            break;
        *(int64_t *)member(k) = n;
        return true;
    case KIND_BOOL:
        if (!parse_bool(value, &flag)) {
            fprintf(errs, "%s: %s: true ou false, não \"%s\"\n", where, k->name,
                    value);
            return false;
        }
        *(bool *)member(k) = flag;
        return true;
    }
    fprintf(errs, "%s: %s: %s de %" PRId64 " a %" PRId64 "\n", where, k->name,
            k->kind == KIND_INT ? "um inteiro" : "um texto de tamanho", k->min,
            k->max);
    return false;
}

static const struct key *
find_key(const char *name)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static char *
trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return s;
}

static bool
read_line(char *line, const char *where, FILE *errors)
{
    const struct key *k;
    char *equals, *name;

    name = trim(line);
    if (*name == '\0' || *name == '#')
        return true;
    equals = strchr(name, '=');
    if (equals == NULL) {
        fprintf(errors, "%s: falta o sinal de igual\n", where);
        return false;
    }
    *equals = '\0';
    name = trim(name);
    k = find_key(name);
    if (k == NULL) {
        fprintf(errors, "%s: chave desconhecida: %s\n", where, name);
        return false;
    }
    return set_key(k, trim(equals + 1), where, errors);
}

static bool
read_file(const char *path, FILE *errors)
{
    FILE *f = fopen(path, "r");
    char line[4096], where[600];
    bool good = true;
    int n = 0;

    if (f == NULL) {
        fprintf(errors, "%s: %s\n", path, strerror(errno));
        return false;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        snprintf(where, sizeof where, "%s:%d", path, ++n);
        good = read_line(line, where, errors) && good;
    }
    fclose(f);
    return good;
}

extern char **environ;

static bool
read_environment(FILE *errors)
{
    bool good = true;
    char **e;

    for (e = environ; *e != NULL; e++) {
        char name[80];
        const char *equals = strchr(*e, '=');
        const struct key *k;
        size_t i, n;

        if (strncmp(*e, "BALCAO_", 7) != 0 || equals == NULL)
            continue;
        n = (size_t)(equals - *e) - 7;
        if (n >= sizeof name)
            continue;
        for (i = 0; i < n; i++)
            name[i] = (char)tolower((unsigned char)(*e)[7 + i]);
        name[n] = '\0';
        if (strcmp(name, "conf") == 0 || strcmp(name, "nchan") == 0 ||
            strcmp(name, "short_poll") == 0) /* parâmetros da frente */
            continue;
        k = find_key(name);
        if (k == NULL) {
            fprintf(errors, "BALCAO_%.*s: chave desconhecida\n", (int)n,
                    *e + 7);
            good = false;
        } else {
            good = set_key(k, equals + 1, "ambiente", errors) && good;
        }
    }
    return good;
}

static bool
check_origins(FILE *errors)
{
    struct slice bad;

    if (origin_list_valid(current.frontend_url, &bad))
        return true;
    fprintf(errors,
            "frontend_url: \"%.*s\" não é uma origem: esquema://host[:porta], "
            "em minúsculas, sem a porta padrão, sem caminho e sem *\n",
            (int)bad.len, bad.data);
    return false;
}

static bool
check_registration(FILE *errors)
{
    const char *mode = current.registration;

    if (strcmp(mode, "open") == 0 || strcmp(mode, "invite") == 0 ||
        strcmp(mode, "off") == 0)
        return true;
    fprintf(errors, "registration: \"%s\" não é open, invite nem off\n", mode);
    return false;
}

/* Em produção, os endereços das mensagens alcançariam a rede de dentro. */
static bool
check_link_allow(FILE *errors)
{
    if (current.link_allow[0] == '\0' ||
        strncmp(current.base_url, "https://", 8) != 0)
        return true;
    fputs("link_allow: só para testes; não com um base_url https\n", errors);
    return false;
}

/* Um arquivo gravado no lugar errado não se acha depois: não se começa. */
static bool
check_store(FILE *errors)
{
    const struct {
        const char *name, *value;
    } needed[] = { { "s3_endpoint", current.s3_endpoint },
                   { "s3_bucket", current.s3_bucket },
                   { "s3_access_key", current.s3_access_key },
                   { "s3_secret_key", current.s3_secret_key } };
    bool good = true;
    size_t i;

    if (strcmp(current.store, "disk") == 0)
        return true;
    if (strcmp(current.store, "s3") != 0) {
        fprintf(errors, "store: \"%s\" não é disk nem s3\n", current.store);
        return false;
    }
    for (i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i].value[0] == '\0') {
            fprintf(errors, "%s: falta, com store = s3\n", needed[i].name);
            good = false;
        }
    return good;
}

bool
conf_load(const char *path, FILE *errors)
{
    static const char fallback[] = "/etc/balcao/balcao.conf";
    bool good = true;
    FILE *f;

    if (path == NULL)
        path = getenv("BALCAO_CONF");
    if (path == NULL && (f = fopen(fallback, "r")) != NULL) {
        fclose(f);
        path = fallback;
    }
    if (path != NULL)
        good = read_file(path, errors);
    good = read_environment(errors) && good;
    good = check_origins(errors) && good;
    good = check_registration(errors) && good;
    good = check_store(errors) && check_link_allow(errors) && good;
    if (current.app_secret[0] == '\0') {
        fputs("app_secret: falta; crie com `openssl rand -hex 32`\n", errors);
        good = false;
    }
    return good;
}

void
conf_print_example(FILE *out)
{
    size_t i;

    fputs("# Balcão: every setting, with its default. Gerado por "
          "`balcao config example`.\n",
          out);
    for (i = 0; i < KEY_COUNT; i++) {
        const struct key *k = &keys[i];

        fprintf(out, "\n# %s.\n", k->doc);
        if (k->kind == KIND_INT)
            fprintf(out, "# %" PRId64 " to %" PRId64 "\n#%s = %" PRId64 "\n",
                    k->min, k->max, k->name, k->number);
        else if (k->kind == KIND_BOOL)
            fprintf(out, "#%s = %s\n", k->name, k->number ? "true" : "false");
        else
            fprintf(out, "#%s = %s\n", k->name, k->text);
    }
}
