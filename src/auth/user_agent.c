/* user_agent.c - palpite de navegador e sistema pelo User-Agent. */
#include "auth/user_agent.h"

#include <stddef.h>
#include <string.h>

#include "base/i18n.h"

struct word {
    const char *mark, *name;
};

/* A ordem importa: quase todos dizem também Safari, e muitos Chrome. */
static const struct word browsers[] = {
    { "Edg", "Edge" },
    { "OPR/", "Opera" },
    { "SamsungBrowser/", "Samsung Internet" },
    { "Vivaldi/", "Vivaldi" },
    { "FxiOS/", "Firefox" },
    { "Firefox/", "Firefox" },
    { "CriOS/", "Chrome" },
    { "Chromium/", "Chromium" },
    { "HeadlessChrome/", "Chrome" },
    { "Chrome/", "Chrome" },
    { "Safari/", "Safari" },
};

static const struct word systems[] = {
    { "iPhone", "iPhone" },   { "iPad", "iPad" },
    { "Android", "Android" }, { "CrOS", "ChromeOS" },
    { "Windows", "Windows" }, { "Mac OS X", "macOS" },
    { "FreeBSD", "FreeBSD" }, { "Linux", "Linux" },
};

static const char *
find(const struct word *words, size_t count, const char *text)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strstr(text, words[i].mark) != NULL)
            return words[i].name;
    return NULL;
}

/* O primeiro nome de um programa: letras e o que nomes levam. */
static const char *
program(struct arena *a, const char *header)
{
    size_t n = strspn(header, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz0123456789-_.");

    if (n == 0)
        return _("Programa desconhecido");
    return arena_memdup(a, header, n > 40 ? 40 : n);
}

const char *
user_agent_text(struct arena *a, const char *header)
{
    const char *browser, *system;

    if (header == NULL || header[0] == '\0')
        return _("Programa desconhecido");
    if (strncmp(header, "Mozilla/", 8) != 0)
        return program(a, header);
    browser = find(browsers, sizeof browsers / sizeof *browsers, header);
    system = find(systems, sizeof systems / sizeof *systems, header);
    if (browser == NULL)
        browser = _("Navegador");
    return system != NULL ? arena_printf(a, _("%s no %s"), browser, system)
                          : browser;
}
