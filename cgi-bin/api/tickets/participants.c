/* tickets/participants.c - quem acompanha o atendimento além de quem atende. */
#include "app/app.h"
#include "desk/participant.h"

struct one_in {
    int64_t id, user_id;
};
static const struct field id_in[] = {
    INT(struct one_in, id, .from = PATH, .min = 1, .doc = "Ticket"), FIELDS_END
};
static const struct field add_in[] = {
    INT(struct one_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct one_in, user_id, .min = 1, .doc = "Colega; sem isto, quem pede"),
    FIELDS_END
};
static const struct field drop_in[] = {
    INT(struct one_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct one_in, user_id, .from = PATH, .min = 1, .doc = "Participante"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct one_in *in = input;
    struct q_participant_row *rows;
    int count;
    enum err e = participant_list(&r->ctx, in->id, &rows, &count);

    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

static enum err
add(struct req *r, const void *input)
{
    const struct one_in *in = input;
    struct q_participant_row row;
    enum err e = participant_add(&r->ctx, in->id, in->user_id, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
drop(struct req *r, const void *input)
{
    const struct one_in *in = input;
    enum err e = participant_drop(&r->ctx, in->id, in->user_id);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
const struct route participant_routes[] = {
    { GET, "/api/v1/tickets/{id}/participants", list, PERM_TICKETS_READ,
      AUTH_EITHER, IN(struct one_in, id_in), .out = participant_out,
      .out_list = true, .alias = "/api/v1/chats/{id}/participants",
      .doc = "Quem acompanha o atendimento" },
    { POST, "/api/v1/tickets/{id}/participants", add, PERM_TICKETS_WRITE,
      AUTH_EITHER, IN(struct one_in, add_in), .out = participant_out,
      .success = 201, .refuses = "409",
      .alias = "/api/v1/chats/{id}/participants",
      .doc = "Põe um colega, ou quem pede, a acompanhar o atendimento" },
    { DELETE, "/api/v1/tickets/{id}/participants/{userId}", drop,
      PERM_TICKETS_READ, AUTH_EITHER, IN(struct one_in, drop_in), .success = 204,
      .alias = "/api/v1/chats/{id}/participants/{userId}",
      .doc = "Tira um participante; tirar outro pede tickets.write" },
    ROUTES_END
};
/* clang-format on */
