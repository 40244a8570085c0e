/* seed.c - balcao seed demo|bench. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/demo.h"

int
cmd_seed(const struct command *self, int argc, char **argv)
{
    const char *scale_text = getenv("SCALE");
    const struct cli_option options[] = {
        { CLI_TEXT, "scale", &scale_text, N_("NÚMERO"),
          N_("tamanho dos dados de bench, 0.001 a 10 (padrão: SCALE ou 1)"), 0,
          0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options);
    double scale = scale_text == NULL ? 1 : strtod(scale_text, NULL);

    if (at != argc - 1)
        return cli_usage(self, "%s", _("diga o que semear: demo ou bench"));
    if (strcmp(argv[at], "demo") == 0)
        return seed_demo();
    if (strcmp(argv[at], "bench") != 0)
        return cli_usage(self, _("não há semente %s"), argv[at]);
    if (!(scale >= 0.001 && scale <= 10))
        return cli_usage(self, "%s", _("a escala vai de 0.001 a 10"));
    return seed_bench(scale);
}
