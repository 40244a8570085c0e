/* demo_info.c - o que um recém-chegado precisa saber, CHAVE=valor. */
#include <stdio.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/demo.h"
#include "db/db.h"

#define WEBHOOK "%s/api/v1/webhook/whatsapp/%s\n"

static void
print_info(const struct demo *d)
{
    const char *base = conf()->base_url;

    printf("BASE_URL=%s\n", base);
    printf("WEBHOOK_URL=" WEBHOOK, base, d->channel_key);
    printf("WEBHOOK_VERIFY_TOKEN=%s\n", d->secrets.verify_token);
    printf("WEBHOOK_APP_SECRET=%s\n", d->secrets.app_secret);
    printf("WEBHOOK_PHONE_NUMBER_ID=%s\n", d->phone_number_id);
    printf("ADMIN_EMAIL=%s\nAGENT_EMAIL=%s\nPASSWORD=%s\n", DEMO_ADMIN,
           DEMO_AGENT, DEMO_PASSWORD);
}

/* O ambiente com que tests/standins/graph.mjs se faz passar pela Meta. */
static void
print_graph(const struct demo *d)
{
    printf("GRAPH_VERSION=%s\n", conf()->graph_version);
    printf("GRAPH_TOKEN=%s\n", d->secrets.access_token);
    printf("GRAPH_APP_SECRET=%s\n", d->secrets.app_secret);
    printf("GRAPH_VERIFY_TOKEN=%s\n", d->secrets.verify_token);
    printf("GRAPH_PHONE_NUMBER_ID=%s\n", d->phone_number_id);
    printf("GRAPH_DISPLAY_PHONE=%s\n", d->display_phone);
    printf("GRAPH_WABA_ID=%s\n", DEMO_WABA_ID);
    printf("GRAPH_WEBHOOK_URL=" WEBHOOK, conf()->base_url, d->channel_key);
}

int
cmd_demo_info(const struct command *self, int argc, char **argv)
{
    bool graph = false;
    const struct cli_option options[] = {
        { CLI_FLAG, "graph", &graph, NULL,
          N_("o ambiente do substituto da Graph API, com a ficha de acesso"), 0,
          0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    struct demo d;
    struct ctx c;
    int rc = CLI_OK;

    if (cli_parse(self, argc, argv, options) != argc)
        return cli_usage(self, "%s", _("argumento demais"));
    cli_open(&c, cli_owner_url());
    if (demo_find(&c, &d) != OK)
        rc = cli_fail("%s", _("o banco não respondeu; veja o log acima"));
    else if (!d.found)
        rc = cli_fail("%s", _("não há demonstração; crie com "
                              "`balcao seed demo`"));
    else if (!d.opened)
        rc = cli_fail("%s", _("os segredos foram cifrados com outro "
                              "app_secret; `balcao seed demo` sorteia novos"));
    else if (graph)
        print_graph(&d);
    else
        print_info(&d);
    cli_close(&c);
    return rc;
}
