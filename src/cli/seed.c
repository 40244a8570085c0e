/* seed.c - balcao seed demo|small|large|bench. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/demo.h"

/* bench na escala 1; os outros têm o tamanho que o nome promete. */
static const struct {
    const char *name;
    struct seed_size size;
} sizes[] = {
    { "small", { 2000, 1000, 20000 } },
    { "large", { 1000000, 300000, 5000000 } },
    { "bench", { 20000, 100000, 1000000 } },
};

static int64_t
scaled(int64_t n, double scale)
{
    return (int64_t)((double)n * scale + 0.5);
}

static const struct seed_size *
find_size(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(sizes[i].name, name) == 0)
            return &sizes[i].size;
    return NULL;
}

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
    const struct seed_size *size;

    if (at != argc - 1)
        return cli_usage(self, "%s",
                         _("diga o que semear: demo, small, large ou bench"));
    if (strcmp(argv[at], "demo") == 0)
        return seed_demo();
    size = find_size(argv[at]);
    if (size == NULL)
        return cli_usage(self, _("não há semente %s"), argv[at]);
    if (strcmp(argv[at], "bench") != 0)
        return seed_bench(size);
    if (!(scale >= 0.001 && scale <= 10))
        return cli_usage(self, "%s", _("a escala vai de 0.001 a 10"));
    return seed_bench(&(struct seed_size){ scaled(size->contacts, scale),
                                           scaled(size->tickets, scale),
                                           scaled(size->messages, scale) });
}
