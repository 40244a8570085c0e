/* relay.c - balcao relay: leva a outbox a quem escuta, até SIGTERM. */
#include <signal.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "live/relay.h"

static volatile int stopping;

static void
on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void
catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    /* sem SA_RESTART: quem espera acorda */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int
cmd_relay(const struct command *self, int argc, char **argv)
{
    int64_t for_s = 0;
    const struct cli_option options[] = {
        { CLI_SECONDS, "for", &for_s, N_("TEMPO"),
          N_("para depois deste tempo (55s, 5m): para o cron"), 1, 86400 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    struct relay *relay;
    struct ctx c;

    if (cli_parse(self, argc, argv, options) != argc)
        return cli_usage(self, "%s", _("argumento demais"));
    catch_signals();
    cli_open(&c, conf()->database_url);
    relay = relay_new(&c, conf()->redis_url);
    relay_run(relay, &stopping, for_s);
    relay_close(relay);
    cli_close(&c);
    return CLI_OK;
}
