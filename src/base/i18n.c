/* i18n.c - gettext com a língua por requisição. */
#include "base/i18n.h"

#include <ctype.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DOMAIN "balcao"

/* O gettext guarda cada tradução; este contador a invalida (manual, 11.2.8). */
extern int _nl_msg_cat_cntr;

struct language {
    const char *tag;     /* BCP 47, o que vai em <html lang> */
    const char *primary; /* casa com qualquer região: pt-PT vale pt-BR */
    const char *catalog; /* diretório do catálogo; NULL: os msgid */
};

static const struct language languages[] = {
    { I18N_DEFAULT, "pt", NULL },
    { "en", "en", "en" },
};

#define LANGUAGES (sizeof languages / sizeof languages[0])

static struct {
    bool ready;
    const struct language *current, *loaded;
} state = { .current = languages };

bool
i18n_init(const char *locale_dir)
{
    /* Em "C" o gettext não traduz; C.UTF-8 a própria glibc traz. */
    state.ready = setlocale(LC_ALL, "C.UTF-8") != NULL ||
                  setlocale(LC_ALL, "C.utf8") != NULL;
    state.current = languages;
    state.loaded = NULL;
    bindtextdomain(DOMAIN, locale_dir);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    _nl_msg_cat_cntr++;
    return state.ready;
}

static const struct language *
find(const char *tag, size_t n)
{
    size_t i, primary = 0;

    while (primary < n && isalnum((unsigned char)tag[primary]))
        primary++;
    for (i = 0; i < LANGUAGES; i++) {
        if (strlen(languages[i].primary) == primary &&
            strncasecmp(tag, languages[i].primary, primary) == 0)
            return &languages[i];
    }
    return NULL;
}

void
i18n_set(const char *lang)
{
    const struct language *to = NULL;

    if (lang == state.current->tag)
        return;
    if (lang != NULL)
        to = find(lang, strlen(lang));
    state.current = to != NULL ? to : languages;
    if (state.current->catalog == NULL || state.current == state.loaded)
        return;
    setenv("LANGUAGE", state.current->catalog, 1);
    _nl_msg_cat_cntr++;
    state.loaded = state.current;
}

const char *
i18n_lang(void)
{
    return state.current->tag;
}

const char *const *
i18n_languages(void)
{
    static const char *tags[LANGUAGES + 1];
    size_t i;

    for (i = 0; i < LANGUAGES; i++)
        tags[i] = languages[i].tag;
    return tags;
}

/* Milésimos de ";q=0.5"; -1 se malformado. Sem q vale 1000. */
static int
read_quality(const char *p, const char *end)
{
    int value, digit = 100;

    while (p < end && (*p == ' ' || *p == '\t' || *p == ';'))
        p++;
    if (p == end)
        return 1000;
    if (end - p < 3 || tolower((unsigned char)p[0]) != 'q' || p[1] != '=' ||
        (p[2] != '0' && p[2] != '1'))
        return -1;
    value = p[2] == '1' ? 1000 : 0;
    p += 3;
    if (p < end && *p == '.')
        for (p++; p < end && isdigit((unsigned char)*p); p++, digit /= 10)
            value += (*p - '0') * digit;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p == end && value <= 1000 ? value : -1;
}

struct scores {
    int quality[LANGUAGES]; /* -1: a língua não foi citada */
    unsigned order[LANGUAGES];
    int any; /* o "*" */
    unsigned count;
};

static void
read_range(struct scores *s, const char *p, const char *end)
{
    const struct language *language;
    const char *stop = p;
    int quality;

    while (stop < end && *stop != ';' && *stop != ' ' && *stop != '\t')
        stop++;
    quality = read_quality(stop, end);
    if (quality < 0 || stop == p)
        return;
    s->count++;
    if (stop - p == 1 && *p == '*') {
        s->any = quality;
        return;
    }
    language = find(p, (size_t)(stop - p));
    if (language != NULL && quality > s->quality[language - languages]) {
        s->quality[language - languages] = quality;
        s->order[language - languages] = s->count;
    }
}

static const struct language *
negotiate(const char *accept)
{
    const struct language *best = languages;
    struct scores s = { .any = 0 };
    int best_quality = 0;
    size_t i;

    for (i = 0; i < LANGUAGES; i++) {
        s.quality[i] = -1;
        s.order[i] = (unsigned)-1;
    }
    for (;;) {
        size_t n;

        accept += strspn(accept, " \t,");
        n = strcspn(accept, ",");
        if (n == 0)
            break;
        read_range(&s, accept, accept + n);
        accept += n;
    }
    for (i = 0; i < LANGUAGES; i++) {
        int quality = s.quality[i] >= 0 ? s.quality[i] : s.any;

        if (quality > best_quality ||
            (quality > 0 && quality == best_quality &&
             s.order[i] < s.order[best - languages])) {
            best = &languages[i];
            best_quality = quality;
        }
    }
    return best;
}

const char *
i18n_pick(const char *choice, const char *accept)
{
    const struct language *language = NULL;

    if (choice != NULL)
        language = find(choice, strlen(choice));
    if (language == NULL && accept != NULL)
        language = negotiate(accept);
    return language != NULL ? language->tag : I18N_DEFAULT;
}

const char *
i18n_text(const char *msgid)
{
    /* gettext("") é o cabeçalho do catálogo. */
    if (state.current->catalog == NULL || !state.ready || msgid[0] == '\0')
        return msgid;
    return dgettext(DOMAIN, msgid);
}

const char *
i18n_plural(const char *one, const char *many, unsigned long n)
{
    if (state.current->catalog == NULL || !state.ready)
        return n <= 1 ? one : many; /* como o português do Brasil */
    return dngettext(DOMAIN, one, many, n);
}
