/* work.c - balcao work: registra as espécies de job e entrega ao worker. */
#include "account/company.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "channel/media_fetch.h"
#include "channel/media_voice.h"
#include "channel/send.h"
#include "channel/signal.h"
#include "channel/template_sync.h"
#include "cli/cli.h"
#include "desk/absence.h"
#include "desk/contact_duplicates.h"
#include "desk/contact_import.h"
#include "desk/csat.h"
#include "desk/digest.h"
#include "desk/file_look.h"
#include "desk/link_preview.h"
#include "desk/privacy.h"
#include "desk/push.h"
#include "desk/schedule.h"
#include "desk/silence.h"
#include "desk/sla.h"
#include "desk/ticket_change.h"
#include "jobs/worker.h"
#include "mail/send.h"
#include "view/page.h"

/* Toda espécie que existe: o worker só pega as que estão aqui. */
/* clang-format off */
static const struct job_kind *const kinds[] = {
    &message_send_kind,
    &mail_send_kind,
    &company_delete_kind,
    &privacy_erase_kind,
    &ticket_wake_kind,
    &absence_kind,
    &schedule_kind,
    &sla_kind,
    &silence_kind,
    &csat_kind,
    &digest_kind,
    &push_kind,
    &message_read_kind,
    &message_react_kind,
    &media_fetch_kind,
    &contact_import_kind,
    &contact_scan_kind,
    &media_voice_kind,
    &media_look_kind,
    &link_read_kind,
    &template_sync_kind,
    NULL
};
/* clang-format on */

int
cmd_work(const struct command *self, int argc, char **argv)
{
    struct worker_options o = { .kinds = kinds };
    const struct cli_option options[] = {
        { CLI_SECONDS, "for", &o.for_s, N_("TEMPO"),
          N_("para depois deste tempo (55s, 5m): para o cron"), 1, 86400 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };

    if (cli_parse(self, argc, argv, options) != argc)
        return cli_usage(self, "%s", _("argumento demais"));
    o.stop_s = conf()->send_timeout_ms / 1000 + 3;
    page_init(conf()->template_dir);
    return worker_run(&o) ? CLI_OK : CLI_FAILED;
}
