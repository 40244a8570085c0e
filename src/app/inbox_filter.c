/* inbox_filter.c - a barra de filtros da lista, e a dos escolhidos. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/inbox_model.h"
#include "app/page_model.h"
#include "base/i18n.h"

static void
add_option(struct json_object *list, const char *value, const char *name,
           const char *chosen)
{
    struct json_object *one = json_object_new_object();

    model_text(one, "value", value);
    model_text(one, "name", name);
    model_bool(one, "chosen", chosen != NULL && strcmp(chosen, value) == 0);
    json_object_array_add(list, one);
}

struct word {
    const char *value, *name;
};

static void
add_words(struct json_object *m, const char *key, const struct word *words,
          size_t count, const char *chosen)
{
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < count; i++)
        add_option(list, words[i].value, _(words[i].name), chosen);
    json_object_object_add(m, key, list);
}

enum err
inbox_options(struct req *r, struct inbox_list *in,
              const struct q_ticket_filter_options_row **rows, int *count)
{
    enum err e =
        in->options != NULL
            ? OK
            : q_ticket_filter_options(&r->ctx, &in->options, &in->option_count);

    *rows = in->options;
    *count = in->option_count;
    return e;
}

/* Uma etiqueta de cada vez basta na página; a API aceita várias. */
static enum err
add_choices(struct req *r, struct json_object *m, struct inbox_list *in)
{
    static const char *const kinds[] = { "queue", "user", "tag", "channel" };
    static const char *const keys[] = { "queues", "people", "tags",
                                        "channels" };
    const struct ticket_choice *f = &in->choice;
    const char *const chosen[] = { f->queue_id, f->user_id, f->tag_ids,
                                   f->channel_id };
    struct json_object *lists[4];
    const struct q_ticket_filter_options_row *rows;
    int count, i, k;
    enum err e = inbox_options(r, in, &rows, &count);

    for (k = 0; k < 4; k++) {
        lists[k] = json_object_new_array();
        json_object_object_add(m, keys[k], lists[k]);
    }
    add_option(lists[0], "none", _("Sem fila"), f->queue_id);
    add_option(lists[1], "me", _("Comigo"), f->user_id);
    add_option(lists[1], "none", _("Sem responsável"), f->user_id);
    for (i = 0; e == OK && i < count; i++)
        for (k = 0; k < 4; k++)
            if (strcmp(rows[i].kind, kinds[k]) == 0)
                add_option(lists[k],
                           arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                           rows[i].name, chosen[k]);
    return e;
}

static void
add_fixed(struct json_object *m, const struct ticket_choice *f)
{
    static const struct word priorities[] = {
        { "urgent", N_("Urgente") },
        { "high", N_("Alta") },
        { "normal", N_("Normal") },
        { "low", N_("Baixa") },
    };
    static const struct word sorts[] = {
        { "recent", N_("As que mudaram por último") },
        { "waiting", N_("Quem espera há mais tempo") },
        { "oldest", N_("As mais antigas") },
        { "priority", N_("Por prioridade") },
        { "sla", N_("Pelo prazo, o que vence antes primeiro") },
    };
    static const struct word slas[] = {
        { "breached", N_("Vencido") },
        { "near", N_("Perto de vencer") },
        { "ok", N_("No prazo") },
        { "none", N_("Sem prazo") },
    };
    static const struct word snoozed[] = {
        { "false", N_("Sem as adiadas") },
        { "true", N_("Só as adiadas") },
    };

    add_words(m, "priorities", priorities, 4, f->priority);
    add_words(m, "sorts", sorts, 5, f->sort);
    add_words(m, "slas", slas, 4, f->sla);
    add_words(m, "snoozes", snoozed, 2, f->snoozed);
    model_bool(m, "taking",
               f->participant_id != NULL &&
                   strcmp(f->participant_id, "me") == 0);
    model_bool(m, "unread",
               f->unread != NULL && strcmp(f->unread, "true") == 0);
}

/* O que se guarda é o que está escolhido, com a aba. */
static void
add_hidden(struct json_object *m, const struct inbox_list *in)
{
    struct json_object *list = json_object_new_array();
    struct ticket_choice_part set[TICKET_CHOICE_PARTS];
    struct ticket_choice f = in->choice;
    int count, i;

    f.status = in->status;
    count = ticket_choice_parts(&f, set);
    for (i = 0; i < count; i++) {
        struct json_object *one = json_object_new_object();

        model_text(one, "name", set[i].name);
        model_text(one, "value", set[i].value);
        json_object_array_add(list, one);
    }
    json_object_object_add(m, "hidden", list);
}

enum err
inbox_add_filters(struct req *r, struct json_object *m, struct inbox_list *in)
{
    struct json_object *bar = json_object_new_object();

    json_object_object_add(m, "filters", bar);
    model_text(bar, "q", in->choice.q);
    model_bool(bar, "isOn", ticket_choice_is_on(&in->choice));
    model_text(bar, "status", in->status);
    add_hidden(bar, in);
    add_fixed(bar, &in->choice);
    return add_choices(r, bar, in);
}
