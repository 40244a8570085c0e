/* notifications.c - rotas de /api/v1/notifications: o sino de cada pessoa. */
#include <inttypes.h>

#include "app/app.h"
#include "desk/notice.h"

struct list_in {
    bool unread;
    int64_t limit, before;
};
static const struct field list_in[] = {
    BOOL(struct list_in, unread, .from = QUERY, .doc = "Só as não lidas"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 30, .doc = "Quantas por página"),
    INT(struct list_in, before, .json = "cursor", .from = QUERY, .min = 1,
        .fallback = INT64_MAX, .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    const char *next = NULL;
    struct q_notice_row *rows;
    int count;
    enum err e = q_notice_list(
        &r->ctx,
        &(struct q_notice_list_in){
            .unread = in->unread, .before = in->before, .max = in->limit + 1 },
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
counts(struct req *r, const void *input)
{
    struct q_notice_counts_row row;
    enum err e = q_notice_counts(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = { INT(struct id_in, id, .from = PATH,
                                          .min = 1, .doc = "Notificação"),
                                      FIELDS_END };

static enum err
read_one(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_notice_counts_row row;
    enum err e = notice_read(&r->ctx, in->id, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
read_all(struct req *r, const void *input)
{
    struct q_notice_counts_row row;
    enum err e = notice_read(&r->ctx, 0, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

static enum err
settings(struct req *r, const void *input)
{
    struct q_notice_choice row;
    enum err e = q_notice_settings(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

struct settings_in {
    const char *muted, *digest, *digest_kinds;
    int64_t digest_hour;
    bool sound, browser, has_digest_hour;
};
static const struct field settings_in[] = {
    WORDS(struct settings_in, muted, .required = true, .one_of = NOTICE_KINDS,
          .doc = "Espécies que não se quer, todas"),
    BOOL(struct settings_in, sound, .required = true, .doc = "Toca um som"),
    BOOL(struct settings_in, browser, .required = true,
         .doc = "Mostra também no navegador"),
    ENUM(struct settings_in, digest, .one_of = NOTICE_DIGESTS,
         .doc = "Resumo por e-mail; sem ele fica como está"),
    INT_IF_SENT(struct settings_in, digest_hour, .min = 0, .max = 23,
                .doc = "Hora do resumo de cada dia; idem"),
    WORDS(struct settings_in, digest_kinds, .one_of = NOTICE_KINDS,
          .doc = "Espécies que entram no resumo; idem"),
    FIELDS_END
};

static enum err
settings_put(struct req *r, const void *input)
{
    const struct settings_in *in = input;
    struct q_notice_choice row;
    enum err e =
        q_notice_settings_put(&r->ctx,
                              &(struct q_notice_settings_put_in){
                                  .muted = in->muted,
                                  .sound = in->sound,
                                  .browser = in->browser,
                                  .digest = in->digest,
                                  .has_digest_hour = in->has_digest_hour,
                                  .digest_hour = in->digest_hour,
                                  .digest_kinds = in->digest_kinds },
                              &row);

    return e != OK ? e : reply(r, &row);
}

/* clang-format off */
#define BASE "/api/v1/notifications"
const struct route notifications_routes[] = {
    { GET, BASE, list, PERM_LIVE, AUTH_EITHER, .one_query = true,
      IN(struct list_in, list_in), .out = notice_out, .out_list = true,
      .doc = "As notificações da pessoa, da mais nova à mais velha" },
    { GET, BASE "/counts", counts, PERM_LIVE, AUTH_EITHER, .one_query = true,
      .out = notice_counts_out,
      .doc = "Quantas faltam ler, e como a pessoa quer ser avisada" },
    { POST, BASE "/read", read_all, PERM_LIVE, AUTH_EITHER,
      .out = notice_counts_out, .doc = "Marca todas como lidas" },
    { POST, BASE "/{id}/read", read_one, PERM_LIVE, AUTH_EITHER,
      IN(struct id_in, id_in), .out = notice_counts_out,
      .doc = "Marca uma como lida" },
    { GET, BASE "/settings", settings, PERM_LIVE, AUTH_EITHER,
      .one_query = true, .out = notice_settings_out,
      .doc = "De que a pessoa quer ser avisada, e como" },
    { PUT, BASE "/settings", settings_put, PERM_LIVE, AUTH_EITHER,
      IN(struct settings_in, settings_in), .out = notice_settings_out,
      .doc = "Escolhe de que ser avisada, e como" },
    ROUTES_END
};
/* clang-format on */
