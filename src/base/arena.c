/* arena.c - blocos encadeados; o último é sempre o que tem espaço. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN alignof(max_align_t)

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char data[];
};

struct hook {
    struct hook *next;
    void (*run)(void *);
    void *object;
};

struct arena {
    struct block *first, *last;
    struct hook *hooks;
};

static void
out_of_memory(void)
{
    static const char text[] = "balcao: sem memória\n";

    fwrite(text, 1, sizeof text - 1, stderr);
    abort();
}

static struct block *
block_new(size_t size)
{
    struct block *b = calloc(1, sizeof *b + size);

    if (b == NULL)
        out_of_memory();
    b->size = size;
    return b;
}

struct arena *
arena_new(size_t block_bytes)
{
    struct arena *a = calloc(1, sizeof *a);

    if (a == NULL)
        out_of_memory();
    a->first = a->last = block_new(block_bytes);
    return a;
}

static void
run_hooks(struct arena *a)
{
    while (a->hooks != NULL) {
        struct hook *h = a->hooks;

        a->hooks = h->next;
        h->run(h->object);
    }
}

static void
free_blocks(struct block *b)
{
    while (b != NULL) {
        struct block *next = b->next;

        free(b);
        b = next;
    }
}

void
arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    run_hooks(a);
    free_blocks(a->first);
    free(a);
}

void
arena_reset(struct arena *a)
{
    run_hooks(a);
    free_blocks(a->first->next);
    a->first->next = NULL;
    memset(a->first->data, 0, a->first->used);
    a->first->used = 0;
    a->last = a->first;
}

void *
arena_alloc(struct arena *a, size_t size)
{
    struct block *b = a->last;
    size_t need;
    void *p;

    if (size > SIZE_MAX / 2)
        out_of_memory();
    need = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (b->size - b->used < need) {
        size_t grown = b->size < 262144 ? b->size * 2 : b->size;

        b = block_new(need > grown ? need : grown);
        a->last->next = b;
        a->last = b;
    }
    p = b->data + b->used;
    b->used += need;
    return p;
}

char *
arena_memdup(struct arena *a, const void *src, size_t size)
{
    char *copy = arena_alloc(a, size + 1);

    if (size > 0)
        memcpy(copy, src, size);
    return copy;
}

char *
arena_strdup(struct arena *a, const char *text)
{
    return text == NULL ? NULL : arena_memdup(a, text, strlen(text));
}

char *
arena_vprintf(struct arena *a, const char *format, va_list args)
{
    va_list again;
    char *text;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0)
        return arena_strdup(a, "");
    text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, args);
    return text;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

void
arena_defer(struct arena *a, void (*hook)(void *), void *object)
{
    struct hook *h = arena_alloc(a, sizeof *h);

    h->run = hook;
    h->object = object;
    h->next = a->hooks;
    a->hooks = h;
}
