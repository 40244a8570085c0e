/* digest.c - olhar na hora marcada, juntar o que não se viu, mandar. */
#include "desk/digest.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "auth/base64url.h"
#include "auth/secret_box.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/notice.h"
#include "jobs/queue.h"
#include "mail/mail.h"

#define SHOWN_MAX 20
#define STOP_BOX "digest" /* contexto do lacre */
#define STOP_BYTES 128

static void
drop_json(void *object)
{
    json_object_put(object);
}

static void
put(struct json_object *m, const char *key, const char *text)
{
    json_object_object_add(m, key,
                           text != NULL ? json_object_new_string(text) : NULL);
}

static struct json_object *
line_model(struct ctx *c, const struct q_notice_row *n)
{
    struct json_object *m = json_object_new_object();

    put(m, "what", notice_text(c->arena, n));
    put(m, "where", notice_where(c->arena, n));
    put(m, "when",
        when_moment(c->arena, when_parse(n->created_at), clock_now_ms()));
    put(m, "link",
        arena_printf(c->arena, "%s/notifications/%" PRId64 "/open",
                     conf()->base_url, n->id));
    return m;
}

static struct json_object *
letter_model(struct ctx *c, const struct q_digest_look_row *who,
             const struct q_notice_row *rows, int count)
{
    struct json_object *m = json_object_new_object();
    struct json_object *list = json_object_new_array();
    int i, more = count - SHOWN_MAX;

    arena_defer(c->arena, drop_json, m);
    for (i = 0; i < count && i < SHOWN_MAX; i++)
        json_object_array_add(list, line_model(c, &rows[i]));
    json_object_object_add(m, "lines", list);
    put(m, "name", who->name);
    put(m, "title",
        arena_printf(c->arena,
                     i18n_plural("%d notificação que você não viu",
                                 "%d notificações que você não viu",
                                 (unsigned long)count),
                     count));
    put(m, "more",
        more > 0 ? arena_printf(c->arena, _("E mais %d."), more) : NULL);
    put(m, "link",
        arena_printf(c->arena, "%s/notifications", conf()->base_url));
    put(m, "settings",
        arena_printf(c->arena, "%s/account/notifications", conf()->base_url));
    return m;
}

static enum err
send(struct ctx *c, int64_t person, const struct q_digest_look_row *who)
{
    const char *mine = i18n_lang(), *stop;
    struct json_object *m;
    struct q_notice_row *rows;
    int count;
    enum err e = q_digest_take(
        c, &(struct q_digest_take_in){ .user_id = person }, &rows, &count);

    if (e != OK || count == 0)
        return e;
    i18n_set(who->locale);
    when_zone(who->time_zone);
    m = letter_model(c, who, rows, count);
    i18n_set(mine);
    stop = digest_stop_url(c, c->company_id, person);
    put(m, "stop", stop);
    return mail_enqueue(c, &(struct mail_new){ .to = who->email,
                                               .to_name = who->name,
                                               .template = "digest",
                                               .lang = who->locale,
                                               .model = m,
                                               .unsubscribe = stop });
}

static enum err
look(struct ctx *c, struct job *job, enum job_next *next)
{
    int64_t person = job_number(job->payload, "userId");
    struct q_digest_look_row who;
    enum err e;

    *next = JOB_DONE;
    if (!mail_is_on())
        return OK;
    e = q_digest_look(c, &(struct q_digest_look_in){ .user_id = person }, &who);
    if (e != OK || strcmp(who.outcome, "none") == 0)
        return e;
    if (strcmp(who.outcome, "send") == 0)
        return send(c, person, &who);
    job->delay_ms = who.wait_ms;
    *next = JOB_WAIT;
    return OK;
}

const struct job_kind digest_kind = {
    .name = "notice.digest",
    .concurrency = 2,
    .prepare = look,
};

/* ---- deixar de receber ---- */

const char *
digest_stop_url(struct ctx *c, int64_t company_id, int64_t person)
{
    const char *who =
        arena_printf(c->arena, "%" PRId64 ":%" PRId64, company_id, person);
    struct slice box;
    char *token;

    if (!secret_box_seal(c->arena, STOP_BOX, (struct slice){ who, strlen(who) },
                         &box))
        return NULL;
    token = arena_alloc(c->arena, BASE64URL_CHARS(box.len) + 1);
    base64url_encode(box.data, box.len, token);
    return arena_printf(c->arena, "%s/unsubscribe?token=%s", conf()->base_url,
                        token);
}

static bool
read_token(struct ctx *c, const char *token, int64_t *company_id,
           int64_t *person)
{
    unsigned char *bytes = arena_alloc(c->arena, STOP_BYTES);
    struct slice who, box = { (const char *)bytes, 0 };
    int n = 0;

    return token != NULL &&
           base64url_decode(token, strlen(token), bytes, STOP_BYTES,
                            &box.len) &&
           secret_box_open(c->arena, STOP_BOX, box, &who) &&
           sscanf(who.data, "%" SCNd64 ":%" SCNd64 "%n", company_id, person,
                  &n) == 2 &&
           (size_t)n == who.len;
}

bool
digest_stop_valid(struct ctx *c, const char *token)
{
    int64_t company_id, person;

    return read_token(c, token, &company_id, &person);
}

enum err
digest_stop(struct ctx *c, const char *token, bool *known)
{
    struct q_digest_stop_in in;
    struct q_digest_stop_row row;
    enum err e;

    *known = false;
    if (!read_token(c, token, &in.company_id, &in.user_id))
        return OK;
    e = q_digest_stop(c, &in, &row);
    *known = e == OK && row.known;
    return e;
}
