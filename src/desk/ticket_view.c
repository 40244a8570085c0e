/* ticket_view.c - os filtros guardados: fazer, mudar, ordenar, contar. */
#include "desk/ticket_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/permission.h"
#include "gen/q_ticket.h"

#define R struct q_ticket_view_row
#define CHOICES \
    "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"

const struct field ticket_view_out[] = {
    INT(R, id, .doc = "Filtro"),
    TEXT(R, name, .doc = "Nome"),
    JSON(R, filter, .schema = CHOICES,
         .doc = "Os parâmetros de GET /tickets, como textos; me é quem lê"),
    ENUM(R, share, .one_of = TICKET_VIEW_SHARES,
         .doc = "Quem o vê: o dono, os membros da fila, ou a empresa"),
    INT_OR_NULL(R, share_queue_id, .doc = "A fila cujos membros o veem"),
    TEXT(R, share_queue, .nullable = true, .doc = "Nome dela"),
    INT(R, owner_id, .doc = "De quem é"),
    TEXT(R, owner, .doc = "Nome de quem é"),
    BOOL(R, mine, .doc = "É de quem lê"),
    INT(R, position, .doc = "Ordem entre os do dono"),
    INT(R, version, .doc = "Sobe a cada mudança"),
    TIME(R, created_at, .doc = "Criação"),
    TIME(R, updated_at, .doc = "Última mudança"),
    FIELDS_END
};

bool
ticket_view_may_share(const struct ctx *c)
{
    return (c->permissions & PERM_BIT(PERM_REPLIES_SHARED)) != 0;
}

static bool
is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

static enum err
not_yours(struct ctx *c)
{
    return fail(c, ERR_FORBIDDEN, "%s", _("este filtro é de outra pessoa"));
}

static enum err
name_taken(struct ctx *c)
{
    const char *why = _("você já tem um filtro com este nome");

    fail_field(c, "name", "taken", "%s", why);
    return fail(c, ERR_CONFLICT, "%s", why);
}

/* A fila tem de haver, e quem compartilha tem de poder. */
static enum err
check_share(struct ctx *c, const char *share, int64_t queue_id)
{
    struct q_ticket_queue_row queue;
    bool hit;
    enum err e;

    if (share != NULL && !is(share, "private") && !ticket_view_may_share(c))
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("só quem pode mudar o que é de todos compartilha"));
    if (queue_id == 0 && !is(share, "queue"))
        return OK;
    e = q_ticket_queue(c, &(struct q_ticket_queue_in){ .id = queue_id }, &queue,
                       &hit);
    return e == OK && !hit ? fail_field(c, "shareQueueId", "exists", "%s",
                                        _("não é uma fila desta empresa"))
                           : e;
}

/* Guardar é a hora de recusar o que a lista recusaria. */
static enum err
check_filter(struct ctx *c, const struct ticket_choice *f)
{
    struct ticket_filter filter = ticket_choice_filter(f);
    const char *ignored;

    if (f->status == NULL && !ticket_choice_is_on(f))
        return fail_field(c, "name", "empty", "%s",
                          _("escolha ao menos um filtro antes de guardar"));
    return ticket_filter_json(c, &filter, &ignored);
}

static enum err
get(struct ctx *c, int64_t id, R *out)
{
    return q_ticket_view_get(c, &(struct q_ticket_view_get_in){ .id = id },
                             out);
}

static enum err
add(struct ctx *c, const struct ticket_view_change *new,
    const struct ticket_choice *f, struct q_ticket_view_add_row *row)
{
    bool of_queue = is(new->share, "queue");

    return q_ticket_view_add(c,
                             &(struct q_ticket_view_add_in){
                                 .name = new->name,
                                 .filter = ticket_choice_json(c->arena, f),
                                 .everyone = is(new->share, "company"),
                                 .queue_id = of_queue ? new->queue_id : 0,
                                 .has_queue_id = of_queue,
                             },
                             row);
}

enum err
ticket_view_add(struct ctx *c, const struct ticket_view_change *new,
                const struct ticket_choice *f, R *out)
{
    struct q_ticket_view_add_row row;
    enum err e = check_share(c, new->share, new->queue_id);

    /* o banco antes da forma: fora do ar, é isso que se responde */
    if (e == OK)
        e = add(c, new, f, &row);
    if (e == OK)
        e = check_filter(c, f);
    if (e != OK)
        return e;
    if (is(row.outcome, "full"))
        return fail(c, ERR_LIMIT_REACHED, "%s",
                    _("são 30 filtros guardados, no máximo"));
    return is(row.outcome, "name") ? name_taken(c) : get(c, row.id, out);
}

static enum err
check_name(struct ctx *c, int64_t id, const char *name)
{
    struct q_ticket_view_taken_row row;
    enum err e = q_ticket_view_taken(
        c, &(struct q_ticket_view_taken_in){ .id = id, .name = name }, &row);

    return e == OK && row.taken ? name_taken(c) : e;
}

/* O que não se diz fica como era. */
static struct q_ticket_view_update_in
changed(const R *was, const struct ticket_view_change *to)
{
    const char *share = to->share != NULL ? to->share : was->share;
    bool of_queue = is(share, "queue");

    return (struct q_ticket_view_update_in){
        .id = was->id,
        .version = to->version != 0 ? to->version : was->version,
        .name = to->name != NULL ? to->name : was->name,
        .everyone = is(share, "company"),
        .queue_id = !of_queue           ? 0
                    : to->queue_id != 0 ? to->queue_id
                                        : was->share_queue_id,
        .has_queue_id = of_queue,
        .position = to->has_position ? to->position : was->position,
    };
}

/* Quem perdeu o direito de compartilhar ainda muda o resto do que é seu. */
static enum err
check_new_share(struct ctx *c, const R *was,
                const struct ticket_view_change *to,
                const struct q_ticket_view_update_in *in)
{
    bool same = to->share == NULL || is(to->share, was->share);

    if (same && (to->queue_id == 0 || to->queue_id == was->share_queue_id))
        return OK;
    return check_share(c, to->share != NULL ? to->share : was->share,
                       to->queue_id != 0 ? to->queue_id : in->queue_id);
}

enum err
ticket_view_change(struct ctx *c, int64_t id,
                   const struct ticket_view_change *to, R *out)
{
    struct q_ticket_view_update_in in;
    struct q_ticket_view_update_row row;
    bool hit;
    R was;
    enum err e = get(c, id, &was);

    if (e == OK && !was.mine)
        e = not_yours(c);
    if (e != OK)
        return e;
    in = changed(&was, to);
    e = check_new_share(c, &was, to, &in);
    if (e == OK && to->name != NULL)
        e = check_name(c, id, to->name);
    if (e != OK)
        return e;
    e = q_ticket_view_update(c, &in, &row, &hit);
    if (e == OK && !hit)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was.version);
    return e != OK ? e : get(c, id, out);
}

enum err
ticket_view_move(struct ctx *c, int64_t id, bool up)
{
    int64_t moved;
    R was;
    enum err e = get(c, id, &was);

    if (e == OK && !was.mine)
        return not_yours(c);
    return e != OK ? e
                   : q_ticket_view_move(c,
                                        &(struct q_ticket_view_move_in){
                                            .id = id, .step = up ? -1 : 1 },
                                        &moved);
}

enum err
ticket_view_drop(struct ctx *c, int64_t id)
{
    int64_t gone;
    R was;
    enum err e = get(c, id, &was);

    if (e == OK && !was.mine && !ticket_view_may_share(c))
        return not_yours(c);
    return e != OK ? e
                   : q_ticket_view_drop(
                         c, &(struct q_ticket_view_drop_in){ .id = id }, &gone);
}

/* ---- quantos ---- */

/* O que não se entende mais (etiquetas demais, guardado à mão) não se conta. */
static bool
add_one(struct ctx *c, struct str *s, const R *view)
{
    struct ticket_choice f;
    struct ticket_filter filter;
    const char *json;

    ticket_choice_read(c->arena, view->filter, &f);
    filter = ticket_choice_filter(&f);
    if (ticket_filter_json(c, &filter, &json) != OK) {
        ctx_clear_error(c);
        return false;
    }
    str_printf(s, "%s{\"id\":%" PRId64 ",\"sort\":", s->len > 1 ? "," : "",
               view->id);
    str_json(s, f.sort != NULL ? f.sort : "recent");
    str_printf(s, ",\"filter\":%s}", json);
    return true;
}

enum err
ticket_view_counts(struct ctx *c, const R *rows, int count, int64_t *tickets)
{
    struct q_ticket_view_counts_row *found;
    struct str s;
    int i, k, n, asked = 0;
    enum err e;

    str_init(&s, c->arena, 400);
    str_putc(&s, '[');
    for (i = 0; i < count; i++) {
        tickets[i] = -1;
        if (i < TICKET_VIEWS_COUNTED)
            asked += add_one(c, &s, &rows[i]);
    }
    str_putc(&s, ']');
    if (asked == 0)
        return OK;
    e = q_ticket_view_counts(
        c, &(struct q_ticket_view_counts_in){ .filters = s.data }, &found, &n);
    for (k = 0; e == OK && k < n; k++)
        for (i = 0; i < count; i++)
            if (rows[i].id == found[k].id)
                tickets[i] = found[k].tickets;
    return e;
}
