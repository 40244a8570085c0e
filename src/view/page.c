/* page.c - o cache de modelos e a ponte com a língua em uso. */
#include "view/page.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "view/mustache_node.h"

#define BUCKETS 64

struct entry {
    struct entry *next;
    struct arena *arena; /* dona da entrada e do modelo */
    const char *name;
    const struct mustache *t;
    struct timespec changed_at;
    off_t size;
    unsigned visit; /* última volta de page_each_use que passou */
};

static struct {
    char dir[512];
    bool watch;
    struct entry *buckets[BUCKETS];
    struct entry *retired; /* trocados durante uma renderização */
    struct mustache_error error;
    void (*missing)(void *user, const char *file, unsigned line,
                    const char *name);
    void *missing_user;
    unsigned visits;
} pages;

static void
free_entries(struct entry **list)
{
    while (*list != NULL) {
        struct entry *e = *list;

        *list = e->next;
        arena_free(e->arena);
    }
}

void
page_close(void)
{
    size_t i;

    for (i = 0; i < BUCKETS; i++)
        free_entries(&pages.buckets[i]);
    free_entries(&pages.retired);
}

void
page_init(const char *dir)
{
    page_close();
    snprintf(pages.dir, sizeof pages.dir, "%s", dir);
}

void
page_watch(bool on)
{
    pages.watch = on;
}

void
page_on_missing(void (*report)(void *user, const char *file, unsigned line,
                               const char *name),
                void *user)
{
    pages.missing = report;
    pages.missing_user = user;
}

const char *
page_error(void)
{
    return pages.error.text;
}

static struct entry **
bucket_of(const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return &pages.buckets[hash % BUCKETS];
}

static bool
file_path(char *path, size_t size, const char *name, struct stat *st)
{
    int n = snprintf(path, size, "%s/%s.mustache", pages.dir, name);

    return n > 0 && (size_t)n < size && stat(path, st) == 0 &&
           S_ISREG(st->st_mode);
}

/* Um byte além do limite basta para mustache_compile recusar o arquivo. */
static const char *
read_source(struct arena *a, const char *path, off_t size, size_t *n)
{
    size_t limit =
        size < MUSTACHE_SOURCE_MAX ? (size_t)size : MUSTACHE_SOURCE_MAX + 1;
    FILE *f = fopen(path, "re");
    char *text;

    if (f == NULL)
        return NULL;
    text = arena_alloc(a, limit + 1);
    *n = fread(text, 1, limit, f);
    if (ferror(f))
        text = NULL;
    fclose(f);
    return text;
}

static struct entry *
load(const char *name, const char *path, const struct stat *st,
     struct mustache_error *error)
{
    struct arena *a = arena_new(4096), *scratch = arena_new(256);
    struct entry *e = arena_alloc(a, sizeof *e);
    char *file = arena_printf(a, "%s.mustache", name);
    const char *text;
    size_t n = 0;

    *e = (struct entry){ .arena = a,
                         .name = arena_strdup(a, name),
                         .changed_at = st->st_mtim,
                         .size = st->st_size };
    text = read_source(scratch, path, st->st_size, &n);
    if (text == NULL)
        mustache_refuse(error, file, 1, "não deu para ler: %s",
                        strerror(errno));
    else
        e->t = mustache_compile(a, file, (struct slice){ text, n },
                                MUSTACHE_PAGE, error);
    arena_free(scratch);
    if (e->t != NULL)
        return e;
    arena_free(a);
    return NULL;
}

static bool
is_fresh(const struct entry *e, const struct stat *st)
{
    return e->size == st->st_size &&
           e->changed_at.tv_sec == st->st_mtim.tv_sec &&
           e->changed_at.tv_nsec == st->st_mtim.tv_nsec;
}

/* Quem está sendo renderizado não pode sumir: sai da tabela, morre depois. */
static void
retire(struct entry **link)
{
    struct entry *e = *link;

    *link = e->next;
    e->next = pages.retired;
    pages.retired = e;
}

/* NULL com error vazio: o arquivo não existe. */
static struct entry *
get(const char *name, struct mustache_error *error)
{
    struct entry **link, *e;
    char path[1024];
    struct stat st;

    error->text[0] = '\0';
    for (link = bucket_of(name); *link != NULL; link = &(*link)->next)
        if (strcmp((*link)->name, name) == 0)
            break;
    if (*link != NULL && !pages.watch)
        return *link;
    if (name[0] == '\0' || name[0] == '/' ||
        !mustache_is_page_name(name, strlen(name), "_-/") ||
        !file_path(path, sizeof path, name, &st))
        return NULL;
    if (*link != NULL && is_fresh(*link, &st))
        return *link;
    if (*link != NULL)
        retire(link);
    e = load(name, path, &st, error);
    if (e == NULL)
        return NULL;
    link = bucket_of(name);
    e->next = *link;
    *link = e;
    return e;
}

static struct entry *
get_or_explain(const char *name, const char *file, unsigned line)
{
    struct entry *e = get(name, &pages.error);

    if (e == NULL && pages.error.text[0] == '\0')
        mustache_refuse(&pages.error, file, line,
                        "o modelo \"%.80s\" não existe", name);
    return e;
}

static const struct mustache *
get_partial(void *user, const char *name, struct mustache_error *error)
{
    struct entry *e = get(name, error);

    (void)user;
    return e != NULL ? e->t : NULL;
}

bool
page_render(struct arena *a, const char *name, struct json_object *model,
            struct str *out)
{
    struct mustache_env env = {
        .partial = get_partial,
        .translate = i18n_text,
        .missing = pages.missing,
        .user = pages.missing_user,
    };
    struct entry *e;

    free_entries(&pages.retired);
    e = get_or_explain(name, "(página)", 0);
    if (e == NULL)
        return false;
    if (out->arena == NULL)
        str_init(out, a, 8192);
    return mustache_render(e->t, model, &env, out, &pages.error);
}

struct walk {
    void (*visit)(void *user, const struct mustache_use *use);
    void *user;
    unsigned depth;
    bool ok;
};

static void
walk_page(struct walk *w, const char *name, const char *file, unsigned line);

static void
walk_use(void *user, const struct mustache_use *use)
{
    struct walk *w = user;

    if (!w->ok)
        return;
    w->visit(w->user, use);
    if (use->kind == MUSTACHE_USE_PARTIAL)
        walk_page(w, use->name, use->file, use->line);
}

static void
walk_page(struct walk *w, const char *name, const char *file, unsigned line)
{
    struct entry *e = get_or_explain(name, file, line);

    if (e == NULL) {
        w->ok = false;
        return;
    }
    if (e->visit == pages.visits)
        return;
    e->visit = pages.visits;
    if (w->depth == MUSTACHE_DEPTH_MAX) {
        w->ok = mustache_refuse(&pages.error, file, line,
                                "parciais demais, um dentro do outro");
        return;
    }
    w->depth++;
    mustache_each_use(e->t, walk_use, w);
    w->depth--;
}

bool
page_each_use(const char *name,
              void (*visit)(void *user, const struct mustache_use *use),
              void *user)
{
    struct walk w = { .visit = visit, .user = user, .ok = true };

    free_entries(&pages.retired);
    pages.visits++;
    walk_page(&w, name, "(página)", 0);
    return w.ok;
}
