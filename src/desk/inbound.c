/* inbound.c - uma mensagem que chega: de quem é, em que ticket, uma vez só. */
#include "desk/inbound.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "desk/assign.h"
#include "desk/csat.h"
#include "desk/file.h"
#include "desk/inbound_action.h"
#include "desk/message.h"
#include "desk/queue_welcome.h"
#include "desk/ticket.h"
#include "gen/q_contact_book.h"
#include "gen/q_inbound.h"

/*
 * As travas são baldes, não chaves: uma entrega de mil itens trava no máximo
 * isto, e o PostgreSQL guarda travas em memória de tamanho fixo.
 */
#define LOCK_BUCKETS 1024

/* FNV-1a: espalha bem textos curtos; ninguém ganha por forçar colisão. */
static uint64_t
hash_add(uint64_t h, const char *text)
{
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return (h ^ 0xff) * 1099511628211u;
}

static int64_t
bucket(struct ctx *c, const char *space, const char *kind, const char *key)
{
    uint64_t h =
        hash_add(hash_add(hash_add(14695981039346656037u, space), kind), key);

    h ^= h >> 32;
    return (int64_t)0x62 << 48 | c->company_id << 10 |
           (int64_t)(h & (LOCK_BUCKETS - 1));
}

static int64_t
provider_bucket(struct ctx *c, int64_t channel_id, const char *provider_id)
{
    return bucket(c, "provider", arena_printf(c->arena, "%" PRId64, channel_id),
                  provider_id);
}

static int
by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static enum err
lock_keys(struct ctx *c, int64_t *keys, size_t count)
{
    struct str list;
    int64_t last = 0;
    size_t i;

    qsort(keys, count, sizeof *keys, by_value);
    str_init(&list, c->arena, 32);
    str_putc(&list, '{');
    for (i = 0; i < count; i++) {
        if (i == 0 || keys[i] != last)
            str_printf(&list, "%s%" PRId64, i > 0 ? "," : "", keys[i]);
        last = keys[i];
    }
    str_putc(&list, '}');
    return count == 0 ? OK
                      : q_inbound_lock_queue(c, &(struct q_inbound_lock_in){
                                                    .keys = list.data });
}

enum err
inbound_lock(struct ctx *c, const struct inbound *messages, int message_count,
             const struct inbound_status *statuses, int status_count)
{
    size_t n = 0, most = (size_t)message_count * (CONTACT_IDS + 1) +
                         (size_t)status_count;
    int64_t *keys = arena_alloc(c->arena, (most + 1) * sizeof *keys);
    int i, k;

    for (i = 0; i < message_count; i++) {
        const struct inbound *m = &messages[i];

        for (k = 0; k < m->from.id_count; k++)
            keys[n++] = bucket(c, "contact", m->from.ids[k].kind,
                               contact_match_key(c->arena, &m->from.ids[k]));
        if (m->target != NULL)
            keys[n++] = provider_bucket(c, m->channel_id, m->target);
    }
    for (i = 0; i < status_count; i++)
        if (status_message_id(c, &statuses[i]) == 0)
            keys[n++] = provider_bucket(c, statuses[i].channel_id,
                                        statuses[i].provider_id);
    return lock_keys(c, keys, n);
}

enum err
inbound_lock_provider(struct ctx *c, int64_t channel_id,
                      const char *provider_id)
{
    int64_t key[1] = { provider_bucket(c, channel_id, provider_id) };

    return lock_keys(c, key, 1);
}

int64_t
inbound_time(int64_t sent_at_s)
{
    int64_t now = clock_now_s();

    return sent_at_s <= 0 || sent_at_s > now ? now : sent_at_s;
}

/* ---- a mensagem ---- */

struct work {
    struct ctx *c;
    const struct inbound *in;
    struct received *out;
    struct q_inbound_find_row found;
    struct contact contact;
    int64_t queue_id, user_id; /* salas do ticket */
    const char *media;         /* com o arquivo, se há */
    struct csat_reply csat;    /* a pesquisa a que responde, se a alguma */
    bool is_blocked;           /* guarda-se sem avisar ninguém */
    bool waits;                /* passou agora a esperar na fila */
};

static void
add_item(struct str *list, const char *text)
{
    str_putc(list, list->len == 0 ? '{' : ',');
    str_json(list, text);
}

static enum err
find(struct work *w)
{
    const struct contact_seen *from = &w->in->from;
    struct str kinds, keys, shown;
    int i;

    str_init(&kinds, w->c->arena, 32);
    str_init(&keys, w->c->arena, 64);
    str_init(&shown, w->c->arena, 64);
    for (i = 0; i < from->id_count; i++) {
        add_item(&kinds, from->ids[i].kind);
        add_item(&keys, contact_match_key(w->c->arena, &from->ids[i]));
        add_item(&shown, from->ids[i].value);
    }
    str_putc(&kinds, '}');
    str_putc(&keys, '}');
    str_putc(&shown, '}');
    return q_inbound_find(
        w->c,
        &(struct q_inbound_find_in){ .channel_id = w->in->channel_id,
                                     .provider_id = w->in->provider_id,
                                     .reply_to = w->in->reply_to,
                                     .kinds = kinds.data,
                                     .keys = keys.data,
                                     .shown = shown.data },
        &w->found);
}

/* As identidades podem ser de contatos diferentes: são uma pessoa só. */
static enum err
find_one_contact(struct work *w)
{
    enum err e = find(w);
    int tries;

    for (tries = 0; e == OK && !w->found.has_repeated_id &&
                    w->found.contact_id != w->found.other_contact_id &&
                    tries < CONTACT_IDS;
         tries++) {
        e = contact_merge(w->c, w->found.contact_id, w->found.other_contact_id);
        if (e == OK)
            e = find(w);
    }
    return e;
}

static enum err
settle_contact(struct work *w)
{
    const struct q_inbound_find_row *f = &w->found;

    w->out->new_contact = !f->has_contact_id;
    if (w->out->new_contact)
        return contact_create(w->c, &w->in->from, &w->contact);
    w->contact = (struct contact){ f->contact_id, f->name, f->phone };
    return contact_learn(w->c, &w->in->from, (int)f->known,
                         f->has_ticket_id ? f->ticket_id : 0, &w->contact);
}

static enum err
try_again(struct ctx *c)
{
    return fail(c, ERR_CONFLICT, "serialization");
}

/* Quem escreve logo depois de encerrado ainda fala do mesmo assunto. */
static enum err
continue_last(struct work *w, bool *found)
{
    struct q_inbound_ticket_reopen_row row;
    enum err e = q_inbound_ticket_reopen(
        w->c,
        &(struct q_inbound_ticket_reopen_in){ .contact_id = w->contact.id,
                                              .channel_id = w->in->channel_id },
        &row, found);

    if (e != OK || !*found)
        return e;
    w->out->new_ticket = false;
    w->out->ticket_id = row.id;
    w->queue_id = row.queue_id;
    w->user_id = row.user_id;
    w->waits = !row.has_user_id;
    return ticket_note_state(w->c, row.id, "closed", row.status);
}

/* Bloqueado: o que ele escreve vai para um atendimento já encerrado. */
static enum err
settle_blocked(struct work *w)
{
    struct q_contact_blocked_ticket_row row;
    enum err e;

    e = q_contact_blocked_ticket(
        w->c,
        &(struct q_contact_blocked_ticket_in){
            .contact_id = w->contact.id, .channel_id = w->in->channel_id },
        &row, &w->is_blocked);
    if (e == OK && w->is_blocked) {
        w->out->new_ticket = false;
        w->out->ticket_id = row.id;
    }
    return e;
}

static enum err
settle_ticket(struct work *w)
{
    struct q_inbound_ticket_add_row row;
    bool added = false;
    enum err e = OK;

    /* nem o que estava aberto quando o bloquearam volta a chamar alguém */
    if (w->found.blocked) {
        e = settle_blocked(w);
        if (e != OK || w->is_blocked) /* ou desbloquearam-no agora */
            return e;
    }
    w->out->new_ticket = !w->found.has_ticket_id;
    w->out->ticket_id = w->found.ticket_id;
    w->queue_id = w->found.queue_id;
    w->user_id = w->found.user_id;
    if (!w->out->new_ticket)
        return OK;
    if (!w->out->new_contact) {
        e = continue_last(w, &added);
        if (e != OK || added)
            return e;
    }
    e = q_inbound_ticket_add(w->c,
                             &(struct q_inbound_ticket_add_in){
                                 .contact_id = w->contact.id,
                                 .channel_id = w->in->channel_id,
                                 .queue_id = w->in->default_queue_id,
                                 .has_queue_id = w->in->default_queue_id != 0 },
                             &row, &added);
    if (e == OK && !added)
        return try_again(w->c);
    w->out->ticket_id = row.id;
    w->queue_id = w->in->default_queue_id;
    w->user_id = 0;
    w->waits = true;
    return e;
}

static enum err
add_message(struct work *w, struct q_inbound_message_add_row *row)
{
    const struct inbound *in = w->in;
    bool added;
    enum err e;

    e = q_inbound_message_add(
        w->c,
        &(struct q_inbound_message_add_in){
            .ticket_id = w->out->ticket_id,
            .channel_id = in->channel_id,
            .kind = in->kind,
            .body = in->body,
            .provider_id = in->provider_id,
            .reply_to_id = w->found.reply_to_id,
            .has_reply_to_id = w->found.has_reply_to_id,
            .reply_to_provider_id = in->reply_to,
            .media = in->media,
            .location = in->location,
            .contacts = in->contacts,
            .payload = in->payload,
            .sent_at_s = inbound_time(in->sent_at_s),
            .preview = message_preview(w->c->arena, in->kind, in->body),
            .answer_to = in->from.ids[0].value,
            .answer_kind = in->from.ids[0].kind,
            .opens_window = in->opens_window },
        row, &added);
    return e == OK && !added ? try_again(w->c) : e;
}

/* O arquivo da mensagem, se ela traz um: fica por buscar. */
static enum err
note_file(struct work *w, int64_t message_id)
{
    const struct inbound *in = w->in;

    w->media = in->media;
    if (in->media == NULL || in->file.remote_id == NULL)
        return OK;
    return file_arrive(w->c,
                       &(struct file_arrival){ .message_id = message_id,
                                               .kind = in->kind,
                                               .name = in->file.name,
                                               .mime = in->file.mime,
                                               .remote_id = in->file.remote_id,
                                               .voice = in->file.voice },
                       &w->media);
}

static enum err
emit_message(struct work *w, const struct q_inbound_message_add_row *row)
{
    const struct inbound *in = w->in;

    return message_emit_to(
        w->c, "message:created",
        &(struct q_message_row){ .id = row->id,
                                 .ticket_id = w->out->ticket_id,
                                 .sender_type = "contact",
                                 .kind = in->kind,
                                 .body = in->body,
                                 .status = "received",
                                 .reply_to = w->found.reply_to_id,
                                 .has_reply_to = w->found.has_reply_to_id,
                                 .media = w->media,
                                 .location = in->location,
                                 .contacts = in->contacts,
                                 .reactions = "[]",
                                 .mentions = "{}",
                                 .sent_at = row->sent_at,
                                 .created_at = row->created_at },
        w->queue_id, w->user_id);
}

/* Com tudo encerrado, a resposta fica na conversa dela e não a reabre. */
static enum err
settle_csat(struct work *w)
{
    enum err e = csat_match(w->c, w->contact.id, w->in, w->found.has_ticket_id,
                            &w->csat);

    if (e != OK || w->csat.survey_id == 0 || w->found.has_ticket_id ||
        w->csat.is_open)
        return e == OK ? settle_ticket(w) : e;
    w->out->ticket_id = w->csat.ticket_id;
    w->queue_id = w->csat.queue_id;
    w->user_id = w->csat.user_id;
    return OK;
}

static enum err
store_csat(struct work *w)
{
    int64_t changed;
    enum err e = csat_store(w->c, &w->csat, w->in->body);

    if (e == OK && !w->found.has_ticket_id)
        e = q_csat_quiet(
            w->c, &(struct q_csat_quiet_in){ .ticket_id = w->csat.ticket_id },
            &changed);
    return e;
}

static enum err
receive(struct work *w)
{
    struct q_inbound_message_add_row row = { 0 };
    enum err e = find_one_contact(w);

    if (e != OK)
        return e;
    if (w->found.has_repeated_id) {
        w->out->repeated = true;
        w->out->message_id = w->found.repeated_id;
        w->out->ticket_id = w->found.repeated_ticket_id;
        return OK;
    }
    e = settle_contact(w);
    if (e == OK)
        e = w->out->new_contact ? settle_ticket(w) : settle_csat(w);
    if (e == OK)
        e = add_message(w, &row);
    w->out->contact_id = w->contact.id;
    w->out->message_id = row.id;
    if (e == OK && w->is_blocked)
        return q_contact_blocked_quiet_queue(
            w->c, &(struct q_contact_blocked_quiet_in){
                      .ticket_id = w->out->ticket_id });
    if (e == OK && w->csat.survey_id != 0)
        e = store_csat(w);
    if (e == OK)
        e = note_file(w, row.id);
    if (e == OK)
        e = ticket_emit(
            w->c, w->out->new_ticket ? "ticket:created" : "ticket:updated",
            w->out->ticket_id);
    if (e == OK)
        e = emit_message(w, &row);
    if (e == OK && (w->waits || row.woke))
        e = assign_queue(w->c, w->queue_id);
    if (e == OK && w->queue_id != 0 && w->csat.survey_id == 0)
        e = queue_welcome(w->c, w->out->ticket_id, w->out->new_ticket);
    if (e == OK && w->found.has_parked)
        e = message_apply_parked(w->c, w->in->channel_id, w->in->provider_id,
                                 row.id);
    return e;
}

enum err
message_receive(struct ctx *c, const struct inbound *in, struct received *out)
{
    struct received ignored = { 0 };
    struct work w = { .c = c, .in = in, .out = out != NULL ? out : &ignored };

    memset(w.out, 0, sizeof *w.out);
    if (in->action != INBOUND_MESSAGE)
        return inbound_act(c, in, w.out);
    if (in->provider_id == NULL || in->from.id_count == 0)
        return fail(c, ERR_INVALID, "%s", _("mensagem sem id ou remetente"));
    return receive(&w);
}
