/*
 * link.c - balcao link-read URL: o que a prévia de um endereço mostraria, em
 * JSON. É o processo que o worker põe para ler páginas alheias (link.read): sem
 * banco, sem segredos, com tetos.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/str.h"
#include "cli/cli.h"
#include "media/link_page.h"

int
cmd_link_read(const struct command *self, int argc, char **argv)
{
    const char *allow = NULL, *why;
    const struct cli_option options[] = {
        { CLI_TEXT, "allow", &allow, N_("IP:PORTA"),
          N_("alcança também este, mesmo não sendo público"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), code = CLI_FAILED;
    struct link_page page;
    struct arena *a;
    struct str s;

    if (at != argc - 1)
        return cli_usage(self, "%s", _("diga um endereço"));
    a = arena_new(4096);
    if (link_page_read(a, argv[at], allow, &page, &why)) {
        str_init(&s, a, 400);
        str_puts(&s, "{\"title\":");
        str_json(&s, page.title);
        str_puts(&s, ",\"description\":");
        str_json(&s, page.description);
        str_puts(&s, ",\"site\":");
        str_json(&s, page.site);
        str_putc(&s, '}');
        puts(s.data);
        code = CLI_OK;
    } else {
        fprintf(stderr, "%s\n", why);
    }
    arena_free(a);
    return code;
}
