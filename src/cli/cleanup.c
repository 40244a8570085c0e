/* cleanup.c - o que venceu se apaga; o que ficou esquecido se acusa. */
#include <stdio.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cache/redis.h"
#include "channel/send.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_audit.h"
#include "gen/q_file.h"
#include "gen/q_link.h"
#include "gen/q_privacy.h"
#include "gen/q_template.h"
#include "gen/q_upkeep.h"
#include "media/store.h"

#define CHUNK 5000
#define PARKED_DAYS 8
#define NOTICE_DAYS 90
#define IMPORTS 50 /* cada uma pode ter muitas linhas */
#define WORDS 200  /* cada uma é uma busca */

/* Cada pedaço fica no banco assim que se faz: interrompida, nada se refaz. */
static enum err
keep(struct ctx *c, enum err e)
{
    return e == OK ? db_commit(c) : e;
}

static enum err
forget(struct ctx *c, struct q_upkeep_forget_row *total)
{
    struct q_upkeep_forget_row row;
    enum err e;

    do {
        e = q_upkeep_forget(c, &(struct q_upkeep_forget_in){ .max = CHUNK },
                            &row);
        e = keep(c, e);
        if (e != OK)
            return e;
        total->sessions += row.sessions;
        total->tokens += row.tokens;
        total->idempotency += row.idempotency;
    } while (row.sessions == CHUNK || row.tokens == CHUNK ||
             row.idempotency == CHUNK);
    return OK;
}

static enum err
forget_logins(struct ctx *c, struct q_upkeep_logins_row *total)
{
    struct q_upkeep_logins_row row;
    enum err e;

    do {
        e = q_upkeep_logins(c, &(struct q_upkeep_logins_in){ .max = CHUNK },
                            &row);
        e = keep(c, e);
        if (e != OK)
            return e;
        total->secrets += row.secrets;
        total->families += row.families;
        total->buckets += row.buckets;
    } while (row.secrets == CHUNK || row.families == CHUNK ||
             row.buckets == CHUNK);
    return OK;
}

static enum err
forget_parked(struct ctx *c, int64_t *gone)
{
    struct q_upkeep_hooks_row row;
    enum err e = q_upkeep_hooks(
        c, &(struct q_upkeep_hooks_in){ .days = PARKED_DAYS }, &row);

    e = keep(c, e);
    *gone = e == OK ? row.gone : 0;
    return e;
}

/* Um pedaço; *gone é quanto saiu nele. */
typedef enum err forget_step(struct ctx *c, int64_t *gone);

/* Um pedaço depois do outro, até um que não chegue a `full`. */
static enum err
in_chunks(struct ctx *c, forget_step *step, int64_t full, int64_t *total)
{
    int64_t gone = 0;

    do {
        enum err e = keep(c, step(c, &gone));

        if (e != OK)
            return e;
        *total += gone;
    } while (gone >= full);
    return OK;
}

static enum err
forget_audit(struct ctx *c, int64_t *gone)
{
    struct q_audit_forget_row row = { 0 };
    enum err e = q_audit_forget(
        c,
        &(struct q_audit_forget_in){ .days = conf()->audit_days, .max = CHUNK },
        &row);

    *gone = row.gone;
    return e;
}

/* Fusões que já não se podem desfazer. */
static enum err
forget_merges(struct ctx *c, int64_t *gone)
{
    struct q_upkeep_merges_row row = { 0 };
    enum err e = q_upkeep_merges(
        c,
        &(struct q_upkeep_merges_in){ .days = (int32_t)conf()->merge_undo_days,
                                      .max = CHUNK },
        &row);

    *gone = row.gone;
    return e;
}

static enum err
forget_links(struct ctx *c, int64_t *gone)
{
    struct q_upkeep_links_row row = { 0 };
    enum err e =
        q_upkeep_links(c, &(struct q_upkeep_links_in){ .max = CHUNK }, &row);

    *gone = row.gone;
    return e;
}

/* As notificações lidas há meses: ninguém volta a elas. */
static enum err
forget_notices(struct ctx *c, int64_t *gone)
{
    struct q_upkeep_notices_row row = { 0 };
    enum err e = q_upkeep_notices(
        c, &(struct q_upkeep_notices_in){ .days = NOTICE_DAYS, .max = CHUNK },
        &row);

    *gone = row.gone;
    return e;
}

/* O que resta do arquivo de quem importou contatos. */
static enum err
forget_imports(struct ctx *c, struct q_upkeep_imports_row *total)
{
    struct q_upkeep_imports_row row;

    do {
        enum err e = q_upkeep_imports(
            c, &(struct q_upkeep_imports_in){ .max = IMPORTS }, &row);

        e = keep(c, e);
        if (e != OK)
            return e;
        total->drafts += row.drafts;
        total->reports += row.reports;
    } while (row.drafts == IMPORTS || row.reports == IMPORTS);
    return OK;
}

/* As palavras de quem mudou de nome ou saiu; uma consulta a cada. */
static enum err
check_words(struct ctx *c, int64_t *checked)
{
    struct q_upkeep_words_row row = { 0 };
    enum err e =
        q_upkeep_words(c, &(struct q_upkeep_words_in){ .max = WORDS }, &row);

    *checked = row.checked;
    return e;
}

/* O prazo de cada empresa: conversa velha perde o texto, não a contagem. */
static enum err
forget_talks(struct ctx *c, struct q_privacy_retain_row *total)
{
    struct q_privacy_retain_row row;

    do {
        enum err e = q_privacy_retain(
            c, &(struct q_privacy_retain_in){ .max = CHUNK }, &row);

        e = keep(c, e);
        if (e != OK)
            return e;
        total->tickets += row.tickets;
        total->blanked += row.blanked;
    } while (row.tickets > 0);
    return OK;
}

/* Tantas seguidas que não saem: o armazenamento não atende, e fica para a
 * próxima faxina. */
#define MISSES 3

/* Bytes sem linha saem do lugar deles; só então se esquece a chave. */
static enum err
sweep_files(struct ctx *c, int64_t *gone)
{
    struct q_file_sweep_row *rows;
    struct q_file_swept_row swept;
    struct str keys;
    int count = 0, i, missed = 0;
    enum err e;

    do {
        e = q_file_sweep(c, &(struct q_file_sweep_in){ .max = CHUNK }, &rows,
                         &count);
        str_init(&keys, c->arena, 4096);
        for (i = 0; e == OK && i < count && missed < MISSES; i++) {
            bool dropped = store_drop(c->arena, rows[i].key);

            missed = dropped ? 0 : missed + 1;
            if (dropped)
                str_printf(&keys, "%c%s", keys.len == 0 ? '{' : ',',
                           rows[i].key);
        }
        str_puts(&keys, keys.len == 0 ? "{}" : "}");
        if (e == OK)
            e = q_file_swept(c, &(struct q_file_swept_in){ .keys = keys.data },
                             &swept);
        e = keep(c, e);
        if (e != OK)
            return e;
        *gone += swept.gone;
    } while (count == CHUNK && swept.gone > 0 && missed < MISSES);
    return OK;
}

/* Falha uma mensagem esquecida, na empresa dela. */
static enum err
fail_one(const struct ctx *outer, int64_t company_id, int64_t id,
         struct redis *redis)
{
    struct ctx c = { .arena = arena_new(4096),
                     .db = outer->db,
                     .token_version = -1,
                     .company_id = company_id };
    enum err e = message_send_fail(
        &c, id, _("ficou parada na fila e não saiu; reenvie"));

    if (e == OK)
        e = db_commit(&c);
    else
        db_rollback(&c);
    if (e == OK)
        redis_nudge(redis, c.nudges);
    arena_free(c.arena);
    return e;
}

static enum err
fail_stuck(struct ctx *c, int64_t older_s, int *count)
{
    struct redis *redis = redis_new(conf()->redis_url);
    struct q_upkeep_stuck_row *rows;
    enum err e = q_upkeep_stuck(
        c, &(struct q_upkeep_stuck_in){ .older_s = older_s, .max = CHUNK },
        &rows, count);
    int i;

    if (e == OK)
        e = db_commit(c);
    for (i = 0; i < *count && e == OK; i++)
        e = fail_one(c, rows[i].company_id, rows[i].id, redis);
    redis_close(redis);
    return e;
}

/* A lista de modelos de cada canal se lê uma vez por dia. */
static enum err
refresh_templates(struct ctx *c, int64_t *queued)
{
    struct q_templates_refresh_row row = { 0 };
    enum err e = keep(c, q_templates_refresh(c, &row));

    *queued = row.queued;
    return e;
}

int
cmd_cleanup(const struct command *self, int argc, char **argv)
{
    int64_t stuck_s = 3600, parked = 0, audit = 0, files = 0, merges = 0;
    int64_t words = 0, links = 0, notices = 0, templates = 0;
    const struct cli_option options[] = {
        { CLI_SECONDS, "stuck", &stuck_s, N_("TEMPO"),
          N_("idade de um envio esquecido (padrão: 1h)"), 60, 31536000 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    struct q_upkeep_forget_row total = { 0, 0, 0 };
    struct q_upkeep_logins_row logins = { 0, 0, 0 };
    struct q_privacy_retain_row talks = { 0 };
    struct q_upkeep_imports_row imports = { 0, 0 };
    struct ctx c;
    int stuck = 0, rc = CLI_OK;

    if (cli_parse(self, argc, argv, options) != argc)
        return cli_usage(self, "%s", _("argumento demais"));
    cli_open(&c, conf()->database_url);
    if (forget(&c, &total) != OK || forget_logins(&c, &logins) != OK ||
        forget_parked(&c, &parked) != OK ||
        in_chunks(&c, forget_audit, CHUNK, &audit) != OK ||
        forget_talks(&c, &talks) != OK || sweep_files(&c, &files) != OK ||
        in_chunks(&c, forget_merges, CHUNK, &merges) != OK ||
        in_chunks(&c, forget_links, CHUNK, &links) != OK ||
        in_chunks(&c, forget_notices, CHUNK, &notices) != OK ||
        forget_imports(&c, &imports) != OK ||
        in_chunks(&c, check_words, 1, &words) != OK ||
        refresh_templates(&c, &templates) != OK ||
        fail_stuck(&c, stuck_s, &stuck) != OK)
        rc = cli_fail("%s", _("a faxina parou no meio; veja o log acima"));
    printf(_("apagados: %lld sessões, %lld tokens, %lld chaves de "
             "idempotência, %lld avisos sem dono\n"),
           (long long)total.sessions, (long long)total.tokens,
           (long long)total.idempotency, (long long)parked);
    printf(_("apagados também: %lld segredos de um uso, %lld logins "
             "encerrados, %lld contadores de tentativas\n"),
           (long long)logins.secrets, (long long)logins.families,
           (long long)logins.buckets);
    printf(_("registros da auditoria vencidos: %lld\n"), (long long)audit);
    printf(_("atendimentos além do prazo: %lld, com %lld mensagens\n"),
           (long long)talks.tickets, (long long)talks.blanked);
    printf(_("arquivos sem dono apagados: %lld\n"), (long long)files);
    printf(_("fusões de contatos fora do prazo esquecidas: %lld\n"),
           (long long)merges);
    printf(_("importações largadas apagadas: %lld; arquivos de importações "
             "antigas esquecidos: %lld\n"),
           (long long)imports.drafts, (long long)imports.reports);
    printf(_("notificações lidas há meses: %lld\n"), (long long)notices);
    printf(_("prévias de endereços vencidas: %lld\n"), (long long)links);
    printf(_("palavras da busca de contatos conferidas: %lld\n"),
           (long long)words);
    printf(_("canais cujos modelos se vão ler de novo: %lld\n"),
           (long long)templates);
    printf(_("envios esquecidos que falharam: %d\n"), stuck);
    cli_close(&c);
    return rc;
}
