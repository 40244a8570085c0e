/* vcard_fuzz.c - qualquer texto como vCards; o que se lê se escreve e relê. */
#include <string.h>

#include "base/arena.h"
#include "base/vcard.h"
#include "kit.h"

/* É o que a importação põe numa célula: UTF-8, sem controles. */
static void
need_cell(const char *text)
{
    const char *p;

    need_text(text);
    for (p = text; *p != '\0'; p++)
        need((unsigned char)*p >= ' ' && *p != 0x7f);
    need(text[0] != ' ' && (p == text || p[-1] != ' '));
}

static void
check(const struct vcard *k)
{
    int i;

    need_text(k->name);
    need_cell(k->organization);
    need(k->phone_count >= 0 && k->phone_count <= VCARD_VALUES_MAX);
    need(k->email_count >= 0 && k->email_count <= VCARD_VALUES_MAX);
    for (i = 0; i < k->phone_count; i++)
        need_text(k->phones[i]);
    for (i = 0; i < k->email_count; i++)
        need_cell(k->emails[i]);
}

static void
round_trip(struct arena *a, const char *text)
{
    struct vcard_reader reader;
    struct vcard card;
    struct str s;

    str_init(&s, a, 64);
    vcard_put(&s, "BEGIN", "VCARD");
    vcard_put(&s, "ORG", text);
    vcard_put(&s, "END", "VCARD");
    vcard_open(&reader, (struct slice){ s.data, s.len });
    need(vcard_next(&reader, a, &card) == VCARD_CARD);
    need(strcmp(card.organization, text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice text = { arena_memdup(a, data, size), size };
    struct vcard_reader reader;
    struct vcard card;
    int line = 0;

    if (memchr(data, '\0', size) == NULL && utf8_valid(text.data, size)) {
        vcard_is(text);
        vcard_open(&reader, text);
        while (vcard_next(&reader, a, &card) == VCARD_CARD) {
            need(card.line > line);
            line = card.line;
            check(&card);
            round_trip(a, card.organization);
        }
    }
    arena_free(a);
    return 0;
}
