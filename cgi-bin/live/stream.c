/* stream.c - GET /api/v1/stream: eventos ao vivo por SSE. */
#include "app/app.h"
#include "base/conf.h"
#include "live/live.h"

#define APP_NAME "stream"

struct stream_in {
    const char *rooms, *since, *access_token;
};
static const struct field stream_in[] = {
    TEXT(struct stream_in, rooms, .from = QUERY, .max = 3000,
         .doc = "Salas, separadas por vírgula: ticket:12, queue:3, user:7, "
                "company, dashboard, events. Sem elas, as da pessoa"),
    TEXT(struct stream_in, since, .from = QUERY, .max = 41,
         .doc = "Id do último evento recebido; Last-Event-ID vence"),
    TEXT(struct stream_in, access_token, .from = QUERY, .max = 1024,
         .json = "access_token",
         .doc = "Token de POST /api/v1/stream/token, para quem não manda "
                "cabeçalhos"),
    FIELDS_END
};

static enum err
stream(struct req *r, const void *input)
{
    const struct stream_in *in = input;
    struct live_want want = { .kind = LIVE_STREAM };

    return live_subscribe(r, in->rooms, in->since, &want);
}

static const struct route routes[] = {
    { GET, "/api/v1/stream", stream, .auth = AUTH_STREAM, .permit = PERM_LIVE,
      .one_query = true, .rate = { .hits = 20000, .per_s = 60 },
      IN(struct stream_in, stream_in), .out_type = "text/event-stream",
      .doc = "Eventos ao vivo (SSE): connected, e os das salas, em ordem e "
             "ao menos uma vez cada" },
    ROUTES_END
};

static void
loop(void)
{
    live_loop(
        &(struct live_config){ .name = APP_NAME,
                               .db = app.db,
                               .redis_url = conf()->redis_url,
                               .nchan_socket = conf()->nchan_publish_socket,
                               .serve = app_serve,
                               .idle = app_idle });
}

int
main(int argc, char **argv)
{
    return app_main_loop(argc, argv, APP_NAME, routes, loop);
}
