/*
 * desk/queues.c - rotas de /api/v1/queues (e /departments), de quem atende e da
 * presença.
 */
#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "app/company_fields.h"
#include "base/i18n.h"
#include "db/db.h"
#include "desk/absence.h"
#include "desk/assign.h"
#include "desk/csat.h"
#include "desk/queue.h"
#include "live/presence.h"

#define SMALL_BODY 65536

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Fila"), FIELDS_END
};

/* ---- listar e ler ---- */

struct list_in {
    int64_t company_id;
};
static const struct field list_in[] = {
    INT(struct list_in, company_id, .from = QUERY, .min = 1,
        .doc = "A empresa do token; outra não existe"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_queue_row *rows;
    int count;
    enum err e;

    if (in->company_id != 0 && in->company_id != r->ctx.company_id) {
        e = db_enter(&r->ctx);
        return e != OK ? e : db_not_found(&r->ctx);
    }
    e = q_queue_list(&r->ctx, &rows, &count);
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_queue_row row;
    enum err e =
        q_queue_get(&r->ctx, &(struct q_queue_get_in){ .id = in->id }, &row);

    return e != OK ? e : reply(r, &row);
}

/* ---- criar e mudar ---- */

struct save_in {
    int64_t id, version, position, capacity, answer_minutes, resolution_minutes,
        silence_minutes, silence_close_minutes;
    bool has_position, has_capacity, has_answer_minutes, has_resolution_minutes,
        has_silence_minutes, has_silence_close_minutes;
    const char *name, *color, *greeting, *away_message, *business_hours,
        *time_zone, *holidays, *assignment, *csat, *csat_question,
        *silence_message, *member_ids;
};

/* clang-format off */
#define S struct save_in
#define QUEUE_FIELDS(needed) \
    TEXT(S, name, .required = needed, .min = 1, .max = QUEUE_NAME_MAX, \
         .doc = "Nome, único na empresa"), \
    TEXT(S, color, .max = 20, .doc = "Cor, #rrggbb"), \
    INT_IF_SENT(S, position, .max = QUEUE_POSITION_MAX, \
                .doc = "Ordem na tela"), \
    TEXT(S, greeting, .max = QUEUE_TEXT_MAX, .lines = true, \
         .doc = "Saudação, uma vez por conversa; vazia: nenhuma"), \
    TEXT(S, away_message, .max = QUEUE_TEXT_MAX, .lines = true, \
         .doc = "Aviso de fora do horário, uma vez por conversa"), \
    JSON(S, business_hours, .nullable = true, .schema = COMPANY_HOURS_SCHEMA, \
         .doc = "Horário da semana; null: o da empresa"), \
    TEXT(S, time_zone, .nullable = true, .max = 60, \
         .doc = "Fuso, nome IANA; vazio: o da empresa"), \
    JSON(S, holidays, .nullable = true, .schema = "{\"type\":[\"array\"," \
         "\"null\"],\"items\":{\"type\":\"object\"}}", \
         .doc = "[{date, name, hours}]; sem hours, fechado o dia todo"), \
    ENUM(S, assignment, .one_of = "off round_robin least_busy", \
         .doc = "Distribuição: nenhuma, em rodízio, ao menos ocupado"), \
    INT_IF_SENT(S, capacity, .max = QUEUE_CAPACITY_MAX, \
                .doc = "Atendimentos ativos por pessoa; null: sem limite"), \
    INT_IF_SENT(S, answer_minutes, .max = QUEUE_TARGET_MAX, \
                .doc = "Minutos, no horário da fila, até a primeira " \
                       "resposta; 0 ou null: sem prazo. Vale para quem chega " \
                       "à fila desde agora"), \
    INT_IF_SENT(S, resolution_minutes, .max = QUEUE_TARGET_MAX, \
                .doc = "O mesmo, até encerrar"), \
    ENUM(S, csat, .one_of = "company on off", \
         .doc = "Pesquisa ao encerrar: como a empresa, sim, não"), \
    TEXT(S, csat_question, .max = CSAT_QUESTION_MAX, .lines = true, \
         .doc = "A pergunta; vazia: a da empresa"), \
    INT_IF_SENT(S, silence_minutes, .max = QUEUE_TARGET_MAX, \
                .doc = "Minutos de silêncio do contato, depois da nossa " \
                       "última mensagem, até o aviso (ao menos 5); 0 ou null: " \
                       "a conversa não se encerra sozinha"), \
    TEXT(S, silence_message, .max = QUEUE_TEXT_MAX, .lines = true, \
         .doc = "O aviso; vazio: encerra sem avisar"), \
    INT_IF_SENT(S, silence_close_minutes, .max = QUEUE_TARGET_MAX, \
                .doc = "Minutos do aviso ao encerramento; 0 ou null: 60"), \
    INTS(S, member_ids, .doc = "Quem atende nela, todos"), \
    FIELDS_END
#define QUEUE_ID \
    INT(S, id, .from = PATH, .min = 1, .doc = "Fila"), \
    INT(S, version, .min = 1, \
        .doc = "Versão que a tela mostrou; 409 se já mudou")
static const struct field new_in[] = { QUEUE_FIELDS(true) };
static const struct field patch_in[] = { QUEUE_ID, QUEUE_FIELDS(false) };
static const struct field put_in[] = { QUEUE_ID, QUEUE_FIELDS(true) };
#undef S
/* clang-format on */

static struct queue_change
change_of(const struct save_in *in)
{
    return (struct queue_change){
        .version = in->version,
        .name = in->name,
        .color = in->color,
        .greeting = in->greeting,
        .away_message = in->away_message,
        .business_hours = in->business_hours,
        .time_zone = in->time_zone,
        .holidays = in->holidays,
        .assignment = in->assignment,
        .csat = in->csat,
        .csat_question = in->csat_question,
        .silence_message = in->silence_message,
        .member_ids = in->member_ids,
        .position = in->position,
        .has_position = in->has_position,
        .capacity = in->capacity,
        .has_capacity = in->has_capacity,
        .answer_minutes = in->answer_minutes,
        .has_answer_minutes = in->has_answer_minutes,
        .resolution_minutes = in->resolution_minutes,
        .has_resolution_minutes = in->has_resolution_minutes,
        .silence_minutes = in->silence_minutes,
        .has_silence_minutes = in->has_silence_minutes,
        .silence_close_minutes = in->silence_close_minutes,
        .has_silence_close_minutes = in->has_silence_close_minutes,
    };
}

static enum err
create(struct req *r, const void *input)
{
    const struct queue_change new = change_of(input);
    struct q_queue_row row;
    enum err e = queue_create(&r->ctx, &new, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
change(struct req *r, const void *input)
{
    const struct save_in *in = input;
    const struct queue_change to = change_of(in);
    struct q_queue_row row;
    enum err e = queue_change(&r->ctx, in->id, &to, &row);

    return e != OK ? e : reply(r, &row);
}

static const char *
or_text(const char *sent, const char *fallback)
{
    return sent != NULL ? sent : fallback;
}

/* PUT é a fila inteira: o que não veio volta ao padrão. */
static enum err
replace(struct req *r, const void *input)
{
    struct save_in in = *(const struct save_in *)input;

    in.color = or_text(in.color, "#206bc4");
    in.greeting = or_text(in.greeting, "");
    in.away_message = or_text(in.away_message, "");
    in.business_hours = or_text(in.business_hours, "");
    in.time_zone = or_text(in.time_zone, "");
    in.holidays = or_text(in.holidays, "");
    in.assignment = or_text(in.assignment, "off");
    in.csat = or_text(in.csat, "company");
    in.csat_question = or_text(in.csat_question, "");
    in.silence_message = or_text(in.silence_message, "");
    in.member_ids = or_text(in.member_ids, "{}");
    in.has_position = in.has_capacity = true;
    in.has_answer_minutes = in.has_resolution_minutes = true;
    in.has_silence_minutes = in.has_silence_close_minutes = true;
    return change(r, &in);
}

struct delete_in {
    int64_t id, move_to;
};
static const struct field delete_in[] = {
    INT(struct delete_in, id, .from = PATH, .min = 1, .doc = "Fila"),
    INT(struct delete_in, move_to, .from = QUERY, .min = 1,
        .doc = "Fila que recebe os atendimentos desta"),
    FIELDS_END
};

static enum err
drop(struct req *r, const void *input)
{
    const struct delete_in *in = input;
    enum err e = queue_delete(&r->ctx, in->id, in->move_to);

    return e != OK ? e : reply_empty(r);
}

/* ---- quem atende ---- */

#define A struct q_attendant_list_row
static const struct field attendant_out[] = {
    INT(A, id, .doc = "Pessoa"),
    TEXT(A, name, .doc = "Nome mostrado"),
    ENUM(A, status, .one_of = "online away offline", .doc = "Presença"),
    TIME(A, last_seen_at, .nullable = true, .doc = "Último sinal; null: nunca"),
    JSON(A, queue_ids,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
         .doc = "Filas em que atende"),
    INT(A, load, .doc = "Atendimentos ativos com a pessoa"),
    FIELDS_END
};
#undef A

struct attendants_in {
    int64_t id, queue_id, company_id, limit, cursor;
    const char *status;
};
/* clang-format off */
#define ATTENDANTS_QUERY \
    ENUM(struct attendants_in, status, .from = QUERY, \
         .one_of = "online away offline", .doc = "Só nesta presença"), \
    INT(struct attendants_in, limit, .from = QUERY, .min = 1, .max = 200, \
        .fallback = 100, .doc = "Quantos por página"), \
    INT(struct attendants_in, cursor, .from = QUERY, .min = 1, \
        .doc = "O nextCursor da página anterior"), \
    FIELDS_END
static const struct field attendants_in[] = {
    INT(struct attendants_in, queue_id, .from = QUERY, .min = 1,
        .doc = "Só desta fila"),
    INT(struct attendants_in, company_id, .from = QUERY, .min = 1,
        .doc = "A empresa do token; outra não existe"),
    ATTENDANTS_QUERY
};
static const struct field queue_attendants_in[] = {
    INT(struct attendants_in, id, .from = PATH, .min = 1, .doc = "Fila"),
    ATTENDANTS_QUERY
};
/* clang-format on */

static enum err
reply_attendants(struct req *r, const struct attendants_in *in,
                 int64_t queue_id)
{
    struct q_attendant_list_row *rows;
    const char *next = NULL;
    struct q_queue_row queue;
    int count;
    enum err e = OK;

    if (queue_id != 0)
        e = q_queue_get(&r->ctx, &(struct q_queue_get_in){ .id = queue_id },
                        &queue);
    if (e == OK)
        e = q_attendant_list(
            &r->ctx,
            &(struct q_attendant_list_in){ .queue_id = queue_id,
                                           .status = or_text(in->status, ""),
                                           .after_id = in->cursor,
                                           .max = in->limit + 1 },
            &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

static enum err
attendants(struct req *r, const void *input)
{
    const struct attendants_in *in = input;
    enum err e;

    if (in->company_id == 0 || in->company_id == r->ctx.company_id)
        return reply_attendants(r, in, in->queue_id);
    e = db_enter(&r->ctx);
    return e != OK ? e : db_not_found(&r->ctx);
}

static enum err
queue_attendants(struct req *r, const void *input)
{
    const struct attendants_in *in = input;

    return reply_attendants(r, in, in->id);
}

/* ---- presença ---- */

struct presence_in {
    const char *status;
};
static const struct field presence_in[] = {
    ENUM(struct presence_in, status, .one_of = "online away",
         .doc = "A escolhida; sem ela, só um sinal de vida"),
    FIELDS_END
};

static enum err
presence(struct req *r, const void *input)
{
    const struct presence_in *in = input;
    struct presence now;
    enum err e = presence_beat(&r->ctx, in->status, &now);

    if (e == OK && now.came)
        e = absence_watch(&r->ctx);
    if (e == OK && now.arrived)
        e = assign_arrival(&r->ctx);
    return e != OK ? e : reply(r, &now);
}

/* clang-format off */
const struct route queues_routes[] = {
    { GET, "/api/v1/queues", list, PERM_QUEUES_READ, AUTH_EITHER,
      IN(struct list_in, list_in), .out = queue_out, .out_list = true,
      .alias = "/api/v1/departments", .refuses = "404",
      .doc = "Filas da empresa, na ordem da tela" },
    { POST, "/api/v1/queues", create, PERM_QUEUES_WRITE,
      .max_body = SMALL_BODY, IN(struct save_in, new_in), .out = queue_out,
      .success = 201, .alias = "/api/v1/departments", .refuses = "409",
      .doc = "Cria uma fila" },
    { GET, "/api/v1/queues/{id}", get, PERM_QUEUES_READ, AUTH_EITHER,
      IN(struct id_in, id_in), .out = queue_out,
      .alias = "/api/v1/departments/{id}", .doc = "Uma fila" },
    { PUT, "/api/v1/queues/{id}", replace, PERM_QUEUES_WRITE,
      .max_body = SMALL_BODY, IN(struct save_in, put_in), .out = queue_out,
      .alias = "/api/v1/departments/{id}", .refuses = "409",
      .doc = "Troca a fila inteira" },
    { PATCH, "/api/v1/queues/{id}", change, PERM_QUEUES_WRITE,
      .max_body = SMALL_BODY, IN(struct save_in, patch_in), .out = queue_out,
      .alias = "/api/v1/departments/{id}", .refuses = "409",
      .doc = "Muda parte da fila" },
    { DELETE, "/api/v1/queues/{id}", drop, PERM_QUEUES_WRITE,
      IN(struct delete_in, delete_in), .success = 204,
      .alias = "/api/v1/departments/{id}", .refuses = "409",
      .doc = "Apaga a fila; os atendimentos abertos precisam de outra" },
    { GET, "/api/v1/queues/{id}/attendants", queue_attendants,
      PERM_QUEUES_READ, AUTH_EITHER,
      IN(struct attendants_in, queue_attendants_in), .out = attendant_out,
      .out_list = true, .alias = "/api/v1/departments/{id}/attendants",
      .doc = "Quem atende na fila, e se está presente" },
    { GET, "/api/v1/attendants", attendants, PERM_QUEUES_READ, AUTH_EITHER,
      IN(struct attendants_in, attendants_in), .out = attendant_out,
      .out_list = true, .refuses = "404",
      .doc = "Quem atende em alguma fila, e se está presente" },
    { POST, "/api/v1/me/presence", presence, PERM_TICKETS_READ, AUTH_EITHER,
      .max_body = 1024, IN(struct presence_in, presence_in),
      .out = presence_out, .alias = "/api/v1/presence",
      .doc = "Sinal de vida, a cada 25 s, e a presença escolhida" },
    ROUTES_END
};
/* clang-format on */
