/* push.c - balcao push keys ARQUIVO: a chave que assina o Web Push. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "auth/vapid.h"
#include "base/i18n.h"
#include "cli/cli.h"

int
cmd_push(const struct command *self, int argc, char **argv)
{
    const struct cli_option options[] = {
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options);

    if (argc - at != 2 || strcmp(argv[at], "keys") != 0)
        return cli_usage(self, "%s", _("diga o que fazer: keys ARQUIVO"));
    if (!vapid_key_create(argv[at + 1]))
        return cli_fail("%s: %s", argv[at + 1],
                        errno == EEXIST
                            ? _("já existe: uma chave nova acabaria "
                                "com toda inscrição")
                            : strerror(errno));
    printf(_("%s: chave criada; ponha o caminho em push_key_file\n"),
           argv[at + 1]);
    return CLI_OK;
}
