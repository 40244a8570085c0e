/* config.c - balcao config check|example. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/token_keys.h"
#include "auth/vapid.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "mail/mail.h"
#include "media/store.h"
#include "media/tool.h"

/* Pastas sem as quais o programa não anda. */
static bool
check_folder(const char *key, const char *path)
{
    if (access(path, R_OK | X_OK) == 0)
        return true;
    fprintf(stderr, "%s: %s: %m\n", key, path);
    return false;
}

static bool
check_url(const char *key, const char *value, const char *one,
          const char *other)
{
    if (value[0] == '\0' || strncmp(value, one, strlen(one)) == 0 ||
        strncmp(value, other, strlen(other)) == 0)
        return true;
    fprintf(stderr, _("%s: deve começar por %s ou %s\n"), key, one, other);
    return false;
}

static void
say_problem(const char *key, const char *problem)
{
    fprintf(stderr, "%s: %s\n", key, problem);
}

static void
say_warning(const char *key, const char *warning)
{
    fprintf(stderr, _("%s: aviso: %s\n"), key, warning);
}

static bool
check_keys(void)
{
    static const struct key_report report = { say_problem, say_warning };

    return keys_check(&report) && token_keys_check(&report) &&
           vapid_check_conf(&report);
}

static int
check(void)
{
    const struct conf *k = conf();
    bool good = cli_conf_check(stderr);

    if (k->app_secret[0] != '\0')
        good = check_keys() && good;
    good = check_url("base_url", k->base_url, "http://", "https://") && good;
    good =
        check_url("graph_base_url", k->graph_base_url, "http://", "https://") &&
        good;
    good = check_url("redis_url", k->redis_url, "unix://", "redis://") && good;
    good = mail_check_conf(say_problem) && good;
    good = store_check_conf(say_problem, say_warning) && good;
    good = check_folder("template_dir", k->template_dir) && good;
    good = check_folder("static_dir", k->static_dir) && good;
    good = check_folder("locale_dir", k->locale_dir) && good;
    if (!media_tool_ready())
        say_warning("ffmpeg", _("não está lá: gravações só vão se o WhatsApp "
                                "as aceita como estão, e não há miniaturas"));
    if (!good)
        return CLI_FAILED;
    puts(_("a configuração está boa"));
    return CLI_OK;
}

int
cmd_config(const struct command *self, int argc, char **argv)
{
    const struct cli_option options[] = {
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options);

    if (at != argc - 1)
        return cli_usage(self, "%s", _("diga o que fazer: check ou example"));
    if (strcmp(argv[at], "check") == 0)
        return check();
    if (strcmp(argv[at], "example") != 0)
        return cli_usage(self, _("não se entende %s"), argv[at]);
    conf_print_example(stdout);
    return CLI_OK;
}
