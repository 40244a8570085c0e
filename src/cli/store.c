/*
 * store.c - balcao store check|move|sweep: o armazenamento dos arquivos, para
 * quem administra a máquina.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_file.h"
#include "media/store.h"

#define CHUNK 500 /* chaves perguntadas de uma vez */
#define DAY_MS INT64_C(86400000)
#define MISSES 3 /* seguidas: o S3 não atende */

/* ---- check ---- */

static void
say_step(const char *what, const char *problem)
{
    if (problem == NULL)
        printf("%-20s ok\n", what);
    else
        printf("%-20s %s\n", what, problem);
}

static void
say_problem(const char *key, const char *problem)
{
    fprintf(stderr, "%s: %s\n", key, problem);
}

static int
check(struct ctx *c)
{
    if (conf()->s3_endpoint[0] == '\0')
        return cli_fail(_("não há S3 na configuração: os arquivos ficam em "
                          "%s"),
                        conf()->media_dir);
    if (!store_check_conf(say_problem, say_problem))
        return CLI_FAILED;
    if (!store_check(c, say_step))
        return cli_fail("%s", _("o S3 não serve como está"));
    puts(store_is_far() ? _("o S3 serve, e é onde os arquivos ficam")
                        : _("o S3 serve; para usá-lo, store = s3"));
    return CLI_OK;
}

/* ---- move ---- */

struct moving {
    int64_t count, bytes, left;
    int missed; /* seguidas */
};

static bool
move_one(void *state, const struct store_item *item)
{
    struct moving *m = state;
    struct ctx one = { .arena = arena_new(4096), .token_version = -1 };
    enum err e = store_move(&one, item->key);

    if (e == OK) {
        m->count++;
        m->bytes += item->bytes;
        m->missed = 0;
    } else if (e != ERR_NOT_FOUND) {
        m->missed++;
        m->left++;
    }
    arena_free(one.arena);
    return m->missed < MISSES;
}

static int
move(struct ctx *c)
{
    struct moving m = { .count = 0 };
    enum err e;

    if (!store_is_far())
        return cli_fail("%s", _("antes ponha store = s3 e reinicie tudo: o que "
                                "ainda está na pasta continua sendo lido "
                                "dela"));
    e = store_each(c, false, move_one, &m);
    printf(_("levados: %lld arquivos, %lld bytes\n"), (long long)m.count,
           (long long)m.bytes);
    if (e != OK || m.left > 0)
        return cli_fail("%s", _("parou no meio; veja o log acima e rode de "
                                "novo: o que já foi não vai outra vez"));
    return CLI_OK;
}

/* ---- sweep ---- */

/* Poucas nunca assustam. */
#define FEW 20

enum sweep_mode { SWEEP_COUNT, SWEEP_SAY, SWEEP_DROP };

struct sweeping {
    struct ctx *c;
    struct str keys; /* {a,b,c */
    int waiting;
    int64_t seen, gone, before_ms;
    enum sweep_mode mode;
    bool is_failed;
};

static void
forget(struct sweeping *s, const struct q_file_orphans_row *rows, int count)
{
    int i, missed = 0;

    for (i = 0; i < count && missed < MISSES; i++) {
        if (s->mode == SWEEP_SAY)
            puts(rows[i].key);
        else if (s->mode == SWEEP_DROP && !store_drop(s->c->arena, rows[i].key))
            missed++;
    }
    s->gone += i - missed;
    s->is_failed = s->is_failed || missed > 0;
}

/* Pergunta ao banco pelas que se juntaram, e apaga as de ninguém. */
static bool
ask(struct sweeping *s)
{
    struct q_file_orphans_row *rows;
    int count = 0;
    enum err e;

    if (s->waiting == 0)
        return true;
    str_putc(&s->keys, '}');
    e = q_file_orphans(s->c,
                       &(struct q_file_orphans_in){ .keys = s->keys.data },
                       &rows, &count);
    if (e == OK)
        e = db_commit(s->c);
    if (e == OK)
        forget(s, rows, count);
    s->is_failed = s->is_failed || e != OK;
    s->waiting = 0;
    arena_reset(s->c->arena);
    str_init(&s->keys, s->c->arena, 32768);
    return !s->is_failed;
}

/* Um envio ainda por gravar no banco não é sobra: espera-se um dia. */
static bool
sweep_one(void *state, const struct store_item *item)
{
    struct sweeping *s = state;

    s->seen++;
    if (item->changed_at_ms >= s->before_ms || item->changed_at_ms == 0)
        return true;
    str_printf(&s->keys, "%c%s", s->waiting == 0 ? '{' : ',', item->key);
    return ++s->waiting < CHUNK || ask(s);
}

/* Uma volta por tudo que está guardado. */
static struct sweeping
walk(struct ctx *c, enum sweep_mode mode)
{
    struct sweeping s = { .c = c,
                          .mode = mode,
                          .before_ms = clock_now_ms() - DAY_MS };
    struct ctx own = { .arena = arena_new(4096), .token_version = -1 };

    str_init(&s.keys, c->arena, 32768);
    if (mode == SWEEP_DROP)
        store_drop_drafts(own.arena, s.before_ms);
    if (store_each(&own, false, sweep_one, &s) != OK || !ask(&s) ||
        (store_is_far() &&
         (store_each(&own, true, sweep_one, &s) != OK || !ask(&s))))
        s.is_failed = true;
    arena_free(own.arena);
    return s;
}

/*
 * Antes se conta: com o banco errado, ou um armazenamento que é também de
 * outra instalação, quase tudo pareceria sobra.
 */
static int
sweep(struct ctx *c, bool is_dry, bool is_forced)
{
    struct sweeping s = walk(c, is_dry ? SWEEP_SAY : SWEEP_COUNT);

    if (!is_dry && !s.is_failed && !is_forced && s.gone > FEW &&
        s.gone * 2 > s.seen)
        return cli_fail(_("%lld de %lld não são de ninguém: é este o banco "
                          "deste armazenamento? veja com --dry-run; se é, "
                          "repita com --force"),
                        (long long)s.gone, (long long)s.seen);
    if (!is_dry && !s.is_failed)
        s = walk(c, SWEEP_DROP);
    printf(is_dry ? _("sem dono: %lld\n") : _("sem dono, apagados: %lld\n"),
           (long long)(is_dry || s.mode == SWEEP_DROP ? s.gone : 0));
    return s.is_failed
               ? cli_fail("%s", _("a faxina parou no meio; veja o log acima"))
               : CLI_OK;
}

int
cmd_store(const struct command *self, int argc, char **argv)
{
    bool is_dry = false, is_forced = false;
    const struct cli_option options[] = {
        { CLI_FLAG, "dry-run", &is_dry, NULL,
          N_("sweep: só diz o que apagaria"), 0, 0 },
        { CLI_FLAG, "force", &is_forced, NULL,
          N_("sweep: mesmo que quase tudo pareça sobra"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), rc;
    const char *verb = at == argc - 1 ? argv[at] : "";
    struct ctx c;

    if (strcmp(verb, "check") != 0 && strcmp(verb, "move") != 0 &&
        strcmp(verb, "sweep") != 0)
        return cli_usage(self, "%s",
                         _("diga: store check, store move ou store sweep"));
    cli_open(&c, conf()->database_url);
    rc = strcmp(verb, "check") == 0  ? check(&c)
         : strcmp(verb, "move") == 0 ? move(&c)
                                     : sweep(&c, is_dry, is_forced);
    cli_close(&c);
    return rc;
}
