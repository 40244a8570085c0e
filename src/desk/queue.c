/* queue.c - filas: criar, mudar, apagar. */
#include "desk/queue.h"

#include <inttypes.h>
#include <string.h>

#include "account/company.h"
#include "base/i18n.h"
#include "db/db.h"
#include "desk/assign.h"
#include "desk/queue_holidays.h"

#define Q struct q_queue_row
#define QUEUES_MAX 200
#define HOLIDAYS_SCHEMA "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"

const struct field queue_out[] = {
    INT(Q, id, .doc = "Fila"),
    TEXT(Q, name, .doc = "Nome, único na empresa"),
    TEXT(Q, color, .doc = "Cor, #rrggbb"),
    INT(Q, position, .doc = "Ordem na tela"),
    BOOL(Q, open, .doc = "Dentro do horário, agora"),
    TEXT(Q, greeting, .doc = "Saudação de quem chega; vazia: nenhuma"),
    TEXT(Q, away_message, .doc = "Aviso de fora do horário; vazio: nenhum"),
    JSON(Q, business_hours, .nullable = true,
         .schema = "{\"type\":[\"object\",\"null\"]}",
         .doc = "Horário da semana; null: o da empresa"),
    TEXT(Q, time_zone, .nullable = true,
         .doc = "Fuso, nome IANA; null: o da empresa"),
    JSON(Q, holidays, .schema = HOLIDAYS_SCHEMA,
         .doc = "Dias fora da regra; sem hours, fechado"),
    ENUM(Q, assignment, .one_of = "off round_robin least_busy",
         .doc = "Distribuição automática"),
    INT_OR_NULL(Q, capacity,
                .doc = "Atendimentos ativos por pessoa; null: sem limite"),
    INT_OR_NULL(Q, answer_minutes,
                .doc = "Minutos até a primeira resposta; null: sem prazo"),
    INT_OR_NULL(Q, resolution_minutes,
                .doc = "Minutos até encerrar; null: sem prazo"),
    ENUM(Q, csat, .one_of = "company on off",
         .doc = "Pesquisa ao encerrar: como a empresa, sim, não"),
    TEXT(Q, csat_question, .doc = "A pergunta; vazia: a da empresa"),
    INT_OR_NULL(Q, silence_minutes,
                .doc = "Minutos de silêncio do contato até o aviso; null: a "
                       "conversa não se encerra sozinha"),
    TEXT(Q, silence_message, .doc = "O aviso; vazio: encerra sem avisar"),
    INT_OR_NULL(Q, silence_close_minutes,
                .doc = "Minutos do aviso ao encerramento; null: 60"),
    JSON(Q, member_ids,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
         .doc = "Quem atende nela"),
    INT(Q, waiting, .doc = "Atendimentos à espera de alguém"),
    INT(Q, version, .doc = "Sobe a cada mudança"),
    TIME(Q, created_at, .doc = "Criação"),
    TIME(Q, updated_at, .doc = "Última mudança"),
    FIELDS_END
};

static bool
is_color(const char *text)
{
    return strlen(text) == 7 && text[0] == '#' &&
           strspn(text + 1, "0123456789abcdef") == 6;
}

static const char *
lower(struct ctx *c, const char *text)
{
    char *out = arena_strdup(c->arena, text), *p;

    for (p = out; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'F')
            *p += 'a' - 'A';
    return out;
}

/* O que o banco diria: nome repetido, fuso, gente de fora, filas demais. */
static enum err
check_room(struct ctx *c, const struct q_queue_update_in *in,
           const char *members, bool fresh)
{
    struct q_queue_room_row room;
    enum err e = q_queue_room(
        c,
        &(struct q_queue_room_in){ .id = in->id,
                                   .name = in->name,
                                   .zone = in->time_zone,
                                   .members = members ? members : "{}" },
        &room);

    if (e != OK)
        return e;
    if (!room.zone_known)
        return fail_field(c, "timeZone", "exists", "%s",
                          _("este fuso não existe"));
    if (room.strangers > 0)
        return fail_field(c, "memberIds", "exists", "%s",
                          _("há quem não é da empresa, ou foi desligado"));
    if (fresh && room.queues >= QUEUES_MAX)
        return fail(c, ERR_LIMIT_REACHED, "%s", _("são 200 filas, no máximo"));
    if (!room.name_taken)
        return OK;
    fail_field(c, "name", "taken", "%s", _("já há uma fila com este nome"));
    return fail(c, ERR_CONFLICT, "%s", _("já há uma fila com este nome"));
}

static const char *
or_old(const char *fresh, const char *old)
{
    return fresh != NULL ? fresh : old;
}

/* Textos, cor, horário e feriados, na forma em que se guardam. */
static enum err
check_fields(struct ctx *c, const struct queue_change *to,
             struct q_queue_update_in *in)
{
    enum err e = OK;

    in->color = lower(c, in->color);
    if (in->name[strspn(in->name, " \t\r\n")] == '\0')
        e = fail_field(c, "name", "min", "%s", _("dê um nome"));
    if (!is_color(in->color))
        e = fail_field(c, "color", "format", "%s", _("a cor é #rrggbb"));
    if (to->business_hours != NULL && to->business_hours[0] == '\0')
        in->business_hours = NULL;
    else if (to->business_hours != NULL &&
             company_hours_check(c, to->business_hours, &in->business_hours) !=
                 OK)
        e = c->error;
    if (to->holidays != NULL && to->holidays[0] == '\0')
        in->holidays = "[]";
    else if (to->holidays != NULL &&
             queue_holidays_check(c, to->holidays, &in->holidays) != OK)
        e = c->error;
    if (in->time_zone != NULL && in->time_zone[0] == '\0')
        in->time_zone = NULL;
    if (in->silence_minutes > 0 && in->silence_minutes < QUEUE_SILENCE_MIN)
        e = fail_field(c, "silenceMinutes", "min", _("ao menos %d minutos"),
                       QUEUE_SILENCE_MIN);
    return e;
}

static enum err
save(struct ctx *c, const Q *was, const struct queue_change *to, bool fresh,
     Q *out)
{
    struct q_queue_update_in in = {
        .id = was->id,
        .version = to->version != 0 ? to->version : was->version,
        .name = or_old(to->name, was->name),
        .color = or_old(to->color, was->color),
        .position = to->has_position ? to->position : was->position,
        .greeting = or_old(to->greeting, was->greeting),
        .away_message = or_old(to->away_message, was->away_message),
        .business_hours = was->business_hours,
        .time_zone = or_old(to->time_zone, was->time_zone),
        .holidays = was->holidays,
        .assignment = or_old(to->assignment, was->assignment),
        .capacity = to->has_capacity ? to->capacity : was->capacity,
        .answer_minutes =
            to->has_answer_minutes ? to->answer_minutes : was->answer_minutes,
        .resolution_minutes = to->has_resolution_minutes
                                  ? to->resolution_minutes
                                  : was->resolution_minutes,
        .csat = or_old(to->csat, was->csat),
        .csat_question = or_old(to->csat_question, was->csat_question),
        .silence_minutes = to->has_silence_minutes ? to->silence_minutes
                                                   : was->silence_minutes,
        .silence_message = or_old(to->silence_message, was->silence_message),
        .silence_close_minutes = to->has_silence_close_minutes
                                     ? to->silence_close_minutes
                                     : was->silence_close_minutes,
        .fresh = fresh,
    };
    struct q_queue_update_row row;
    bool hit;
    enum err e = check_fields(c, to, &in);

    in.has_capacity = in.capacity != 0;
    in.has_answer_minutes = in.answer_minutes != 0;
    in.has_resolution_minutes = in.resolution_minutes != 0;
    in.has_silence_minutes = in.silence_minutes != 0;
    in.has_silence_close_minutes = in.silence_close_minutes != 0;
    if (e == OK)
        e = check_room(c, &in, to->member_ids, fresh);
    if (e == OK)
        e = q_queue_update(c, &in, &row, &hit);
    if (e == OK && !hit)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was->version);
    if (e == OK && to->member_ids != NULL)
        e = q_queue_members_put_queue(
            c, &(struct q_queue_members_put_in){ .id = was->id,
                                                 .members = to->member_ids });
    if (e == OK)
        e = assign_queue(c, was->id);
    c->nudges |= NUDGE_RELAY;
    return e != OK
               ? e
               : q_queue_get(c, &(struct q_queue_get_in){ .id = was->id }, out);
}

enum err
queue_create(struct ctx *c, const struct queue_change *new, Q *out)
{
    Q blank = { .name = new->name,
                .color = "#206bc4",
                .greeting = "",
                .away_message = "",
                .holidays = "[]",
                .assignment = "off",
                .csat = "company",
                .csat_question = "",
                .silence_message = "",
                .version = 1 };
    struct q_queue_update_in probe = { .name = new->name };
    struct q_queue_add_row row;
    enum err e = check_room(c, &probe, NULL, true);

    if (e == OK)
        e = q_queue_add(c, &(struct q_queue_add_in){ .name = new->name }, &row);
    if (e != OK)
        return e;
    blank.id = row.id;
    return save(c, &blank, new, true, out);
}

enum err
queue_change(struct ctx *c, int64_t id, const struct queue_change *to, Q *out)
{
    Q was;
    enum err e = q_queue_get(c, &(struct q_queue_get_in){ .id = id }, &was);

    return e != OK ? e : save(c, &was, to, false, out);
}

/* Quem espera na fila que acaba vai para a outra, com histórico e aviso. */
static enum err
move_tickets(struct ctx *c, int64_t id, int64_t target)
{
    struct q_queue_move_row *moved;
    int count, i;
    enum err e =
        q_queue_move(c,
                     &(struct q_queue_move_in){ .id = id,
                                                .target = target,
                                                .has_target = target != 0,
                                                .user_id = c->user_id,
                                                .has_user_id = true },
                     &moved, &count);

    for (i = 0; e == OK && i < count; i++)
        e = assign_tell(c, moved[i].id, id);
    return e;
}

static enum err
check_target(struct ctx *c, int64_t id, int64_t target)
{
    Q other;
    enum err e = OK;

    if (target == 0)
        return OK;
    if (target != id)
        e = q_queue_get(c, &(struct q_queue_get_in){ .id = target }, &other);
    if (e == OK && target != id)
        return OK;
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    ctx_clear_error(c);
    return fail_field(c, "moveTo", "exists", "%s",
                      _("escolha outra fila da empresa"));
}

enum err
queue_delete(struct ctx *c, int64_t id, int64_t target)
{
    struct q_queue_open_tickets_row open;
    int64_t changed;
    Q was;
    enum err e = q_queue_get(c, &(struct q_queue_get_in){ .id = id }, &was);

    if (e == OK)
        e = check_target(c, id, target);
    if (e == OK)
        e = q_queue_open_tickets(
            c, &(struct q_queue_open_tickets_in){ .id = id }, &open);
    if (e != OK)
        return e;
    if (open.tickets > 0 && target == 0)
        return fail(
            c, ERR_CONFLICT,
            i18n_plural("há %" PRId64
                        " atendimento aberto nesta fila; diga para qual vai",
                        "há %" PRId64
                        " atendimentos abertos nesta fila; diga para qual vão",
                        (unsigned long)open.tickets),
            open.tickets);
    e = move_tickets(c, id, target);
    if (e == OK)
        e = q_queue_delete(c, &(struct q_queue_delete_in){ .id = id },
                           &changed);
    return e != OK ? e : assign_queue(c, target);
}
