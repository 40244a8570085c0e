/*
 * list_forms.c - os formulários da lista: guardar o filtro, e a mesma mudança
 * em muitas conversas.
 */
#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "base/i18n.h"
#include "desk/ticket_bulk.h"
#include "http/local_path.h"

extern const struct route list_form_routes[];

static const char *
typed(void *from, const char *name)
{
    return req_form(from, name);
}

/* A lista de onde o formulário veio, com o que se digitou e o que se recusou.
 */
static enum err
draw(struct req *r, bool picking)
{
    struct inbox_list list = { .rows = INBOX_ROWS, .picking = picking };

    ticket_choice_fill(&list.choice, typed, r);
    list.status = list.choice.status;
    return inbox_draw_list(r, &list);
}

/* ---- filtros guardados ---- */

struct view_in {
    const char *name;
    struct ticket_choice choice;
};
#define HIDDEN(S, member, key, size, words, text) \
    TEXT(S, choice.member, .json = key, .max = size, .doc = text),
static const struct field view_in[] = {
    TEXT(struct view_in, name, .required = true, .min = 1,
         .max = TICKET_VIEW_NAME_MAX, .doc = "Nome"),
    TICKET_CHOICES(HIDDEN, struct view_in) FIELDS_END
};

static enum err
view_draw(struct req *r)
{
    return draw(r, false);
}

static enum err
view_save(struct req *r, const void *input)
{
    const struct view_in *in = input;
    struct ticket_choice f = in->choice;
    struct q_ticket_view_row row;
    enum err e;

    ticket_choice_clean(&f);
    e = ticket_view_add(
        &r->ctx, &(struct ticket_view_change){ .name = in->name }, &f, &row);
    return e != OK
               ? e
               : form_done(r,
                           arena_printf(r->ctx.arena, "/inbox?status=%s%s",
                                        f.status != NULL ? f.status : "",
                                        ticket_choice_query(r->ctx.arena, &f)),
                           _("Filtro guardado."));
}

/* ---- muitas de uma vez ---- */

struct pick_in {
    const char *ticket_ids, *what, *back;
};
static const struct field pick_in[] = {
    INTS(struct pick_in, ticket_ids, .max = TICKET_BULK_MAX,
         .doc = "As conversas escolhidas"),
    TEXT(struct pick_in, what, .required = true, .max = 40,
         .doc = "close, read, assign:0, priority:P, queue:ID, user:ID, tag:ID "
                "ou untag:ID"),
    TEXT(struct pick_in, back, .max = 1000, .lines = true,
         .doc = "A lista para onde voltar"),
    FIELDS_END
};

/* "fila:3" em ação e alvo; falso se não é nenhuma das que a página oferece. */
static bool
read_deed(struct req *r, const char *what, struct ticket_bulk *out)
{
    const char *colon = strchr(what, ':');
    size_t n = colon != NULL ? (size_t)(colon - what) : strlen(what);
    const char *word = arena_memdup(r->ctx.arena, what, n);
    int64_t id = 0;

    *out = (struct ticket_bulk){ .action = word };
    if (colon == NULL)
        return strcmp(word, "close") == 0 || strcmp(word, "read") == 0;
    if (strcmp(word, "priority") == 0) {
        out->priority = colon + 1;
        return true;
    }
    if (!parse_int64(colon + 1, &id) || id < 0)
        return false;
    if (strcmp(word, "tag") == 0 || strcmp(word, "untag") == 0) {
        out->tag_ids = arena_printf(r->ctx.arena, "{%" PRId64 "}", id);
        return id > 0;
    }
    out->action = strcmp(word, "queue") == 0 ? "transfer" : "assign";
    if (strcmp(word, "queue") == 0)
        out->queue_id = id;
    else
        out->user_id = id;
    return strcmp(word, "queue") == 0 || strcmp(word, "user") == 0 ||
           (strcmp(word, "assign") == 0 && id == 0);
}

/* Quantas mudaram e, das outras, o primeiro motivo. */
static const char *
summary(struct arena *a, const struct ticket_bulk_result *results, int count)
{
    const char *why = NULL;
    int i, done = 0, left;

    for (i = 0; i < count; i++) {
        done += results[i].done;
        if (!results[i].done && why == NULL)
            why = results[i].detail;
    }
    left = count - done;
    if (left == 0)
        return arena_printf(a,
                            i18n_plural("%d conversa mudou.",
                                        "%d conversas mudaram.",
                                        (unsigned long)done),
                            done);
    return arena_printf(a, _("Mudaram: %d. Não mudaram: %d (%s)."), done, left,
                        why);
}

static enum err
pick(struct req *r, const void *input)
{
    const struct pick_in *in = input;
    struct ticket_bulk_result *results;
    struct ticket_bulk what;
    int64_t *ids;
    int count = ticket_bulk_ids(r->ctx.arena, in->ticket_ids, &ids);
    enum err e;

    if (count == 0)
        return fail_field(&r->ctx, "what", "none", "%s",
                          _("escolha ao menos uma conversa"));
    if (!read_deed(r, in->what, &what))
        return fail_field(&r->ctx, "what", "one_of", "%s",
                          _("escolha o que fazer"));
    e = ticket_bulk(&r->ctx, &what, ids, &count, &results);
    return e != OK ? e
                   : form_done(r, local_path_or(in->back, "/inbox"),
                               summary(r->ctx.arena, results, count));
}

static enum err
pick_draw(struct req *r)
{
    return draw(r, true);
}

#define PAGE AUTH_COOKIE, ACCEPT_FORM, .html = true, .success = 303

/* clang-format off */
const struct route list_form_routes[] = {
    { POST, "/inbox/views", view_save, PERM_TICKETS_READ, PAGE,
      IN(struct view_in, view_in), .redraw = view_draw, .refuses = "409",
      .doc = "Guarda o filtro da lista com um nome" },
    { POST, "/inbox/bulk", pick, PERM_TICKETS_MANAGE, PAGE,
      IN(struct pick_in, pick_in), .redraw = pick_draw,
      .doc = "A mesma mudança nas conversas escolhidas" },
    ROUTES_END
};
/* clang-format on */
