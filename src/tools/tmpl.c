/*
 * tmpl.c - ferramenta de construção sobre os modelos de página.
 *   tmpl check DIR         compila tudo; recusa erro e parcial que não existe
 *   tmpl keys DIR [NOME]   nomes que cada modelo usa: arquivo:linha: tipo nome
 *   tmpl texts DIR         frases {{#_}} no formato .po, para o catálogo
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/page.h"

#define SUFFIX ".mustache"
#define NAMES_MAX 1024

static struct {
    struct arena *arena;
    size_t root; /* bytes de "DIR/" */
    const char *dir;
    const char *names[NAMES_MAX];
    size_t count;
} app;

static int
collect(const char *path, const struct stat *st, int type, struct FTW *at)
{
    size_t n = strlen(path), suffix = strlen(SUFFIX);

    (void)st;
    (void)at;
    if (type != FTW_F || n <= app.root + suffix ||
        strcmp(path + n - suffix, SUFFIX) != 0)
        return 0;
    if (app.count == NAMES_MAX) {
        fprintf(stderr, "tmpl: mais de %d modelos\n", NAMES_MAX);
        return 1;
    }
    app.names[app.count++] =
        arena_memdup(app.arena, path + app.root, n - app.root - suffix);
    return 0;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* page_each_use segue parciais; aqui cada arquivo fala só de si. */
struct filter {
    const char *name;
    void (*print)(const struct mustache_use *use);
};

static void
own_uses(void *user, const struct mustache_use *use)
{
    const struct filter *f = user;
    size_t n = strlen(f->name);

    if (strncmp(use->file, f->name, n) == 0 &&
        strcmp(use->file + n, SUFFIX) == 0)
        f->print(use);
}

static void
print_nothing(const struct mustache_use *use)
{
    (void)use;
}

static void
print_key(const struct mustache_use *use)
{
    static const char *const kinds[] = {
        [MUSTACHE_USE_VALUE] = "valor",
        [MUSTACHE_USE_SECTION] = "seção",
        [MUSTACHE_USE_PARTIAL] = "parcial",
        [MUSTACHE_USE_SENTENCE] = "frase",
    };

    printf("%s/%s:%u: %s %s", app.dir, use->file, use->line, kinds[use->kind],
           use->name);
    printf(use->within[0] != '\0' ? " (em %s)\n" : "\n", use->within);
}

static void
print_text(const struct mustache_use *use)
{
    struct str quoted;

    if (use->kind != MUSTACHE_USE_SENTENCE)
        return;
    str_init(&quoted, app.arena, 128);
    str_json(&quoted, use->name); /* as mesmas aspas de um .po */
    printf("#: %s/%s:%u\nmsgid %s\nmsgstr \"\"\n\n", app.dir, use->file,
           use->line, quoted.data);
}

static int
visit_all(void (*print)(const struct mustache_use *use), const char *only)
{
    size_t i;
    int bad = 0;

    for (i = 0; i < app.count; i++) {
        struct filter f = { app.names[i], print };

        if (only != NULL && strcmp(only, f.name) != 0)
            continue;
        if (!page_each_use(f.name, own_uses, &f)) {
            fprintf(stderr, "%s/%s\n", app.dir, page_error());
            bad++;
        }
    }
    return bad;
}

static int
run(const char *command, const char *only)
{
    if (strcmp(command, "check") == 0)
        return visit_all(print_nothing, only);
    if (strcmp(command, "keys") == 0)
        return visit_all(print_key, only);
    if (strcmp(command, "texts") == 0) {
        printf("msgid \"\"\nmsgstr \"\"\n"
               "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
               "\"Content-Transfer-Encoding: 8bit\\n\"\n\n");
        return visit_all(print_text, only);
    }
    fprintf(stderr, "tmpl: comando desconhecido: %s\n", command);
    return 1;
}

int
main(int argc, char **argv)
{
    int bad;

    if (argc < 3) {
        fprintf(stderr, "uso: tmpl check|keys|texts DIR [NOME]\n");
        return 2;
    }
    app.arena = arena_new(65536);
    app.dir = argv[2];
    app.root = strlen(app.dir) + 1;
    if (nftw(app.dir, collect, 16, FTW_PHYS) != 0) {
        fprintf(stderr, "tmpl: não deu para ler %s\n", app.dir);
        return 2;
    }
    qsort(app.names, app.count, sizeof app.names[0], by_name);
    page_init(app.dir);
    bad = run(argv[1], argc > 3 ? argv[3] : NULL);
    page_close();
    arena_free(app.arena);
    return bad > 0 ? 1 : 0;
}
