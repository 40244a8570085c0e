/* participants.c - pôr e tirar quem acompanha a conversa, no painel dela. */
#include "app/app.h"
#include "app/inbox_model.h"
#include "desk/participant.h"

struct one_in {
    int64_t id, user_id;
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
add(struct req *r, const void *input)
{
    const struct one_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    struct q_participant_row row;
    enum err e = participant_add(&r->ctx, in->id, in->user_id, &row);

    return e == OK ? inbox_show_changed(r, &talk)
                   : inbox_show_again(r, e, &talk);
}

/* Quem sai pode deixar de ver a conversa: aí volta à lista. */
static enum err
drop(struct req *r, const void *input)
{
    const struct one_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    enum err e = participant_drop(&r->ctx, in->id, in->user_id);

    return e == OK ? inbox_show_moved(r, in->id)
                   : inbox_show_again(r, e, &talk);
}

/* clang-format off */
const struct route participant_form_routes[] = {
    { POST, "/inbox/{id}/participants", add, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct one_in, add_in), .success = 303,
      .doc = "Põe alguém a acompanhar a conversa" },
    { POST, "/inbox/{id}/participants/{userId}/drop", drop, PERM_TICKETS_READ,
      AUTH_COOKIE, ACCEPT_FORM, .html = true, IN(struct one_in, drop_in),
      .success = 303, .doc = "Tira alguém dos que acompanham a conversa" },
    ROUTES_END
};
/* clang-format on */
