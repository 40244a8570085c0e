/* poll.c - GET /api/v1/poll: eventos ao vivo onde SSE não passa. */
#include "app/app.h"
#include "base/conf.h"
#include "live/live.h"

#define APP_NAME "poll"

struct poll_in {
    const char *rooms, *since, *access_token;
    int64_t timeout;
};
static const struct field poll_in[] = {
    TEXT(struct poll_in, rooms, .from = QUERY, .max = 3000,
         .doc = "Salas, separadas por vírgula; sem elas, as da pessoa"),
    TEXT(struct poll_in, since, .from = QUERY, .max = 41,
         .doc = "O `next` da resposta anterior; sem ele, de agora em diante"),
    INT(struct poll_in, timeout, .from = QUERY, .min = 0, .max = 60,
        .fallback = 25, .doc = "Quanto esperar por um evento, em segundos"),
    TEXT(struct poll_in, access_token, .from = QUERY, .max = 1024,
         .json = "access_token", .doc = "Token de POST /api/v1/stream/token"),
    FIELDS_END
};

struct poll_out {
    const char *events, *next;
};
static const struct field poll_out[] = {
    JSON(struct poll_out, events, .doc = "Em ordem; `resync` manda recarregar",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"required\":[\"id\",\"type\",\"rooms\",\"data\"],"
                   "\"properties\":{\"id\":{\"type\":\"string\"},"
                   "\"type\":{\"type\":\"string\"},\"rooms\":{\"type\":"
                   "\"array\",\"items\":{\"type\":\"string\"}},"
                   "\"data\":{\"type\":\"object\"}}}}"),
    TEXT(struct poll_out, next,
         .doc = "A posição do próximo pedido; sempre vem"),
    FIELDS_END
};

static enum err
poll_events(struct req *r, const void *input)
{
    const struct poll_in *in = input;
    struct live_want want = { .kind = LIVE_POLL, .wait_s = in->timeout };

    return live_subscribe(r, in->rooms, in->since, &want);
}

static const struct route routes[] = {
    { GET, "/api/v1/poll", poll_events, .auth = AUTH_STREAM,
      .permit = PERM_LIVE, .one_query = true,
      .rate = { .hits = 20000, .per_s = 60 }, IN(struct poll_in, poll_in),
      .out = poll_out,
      .doc = "Espera até haver eventos nas salas, ou o prazo passar" },
    ROUTES_END
};

static void
loop(void)
{
    live_loop(&(struct live_config){ .name = APP_NAME,
                                     .db = app.db,
                                     .redis_url = conf()->redis_url,
                                     .nchan_socket = "",
                                     .serve = app_serve,
                                     .idle = app_idle });
}

int
main(int argc, char **argv)
{
    return app_main_loop(argc, argv, APP_NAME, routes, loop);
}
