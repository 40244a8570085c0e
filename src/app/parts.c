/* parts.c - respostas longas, um pedaço de cada vez, com memória de um só. */
#include "app/app.h"
#include "base/log.h"

/* Um pedaço, com arena e transação dele; o erro fica em r->ctx.error. */
static enum err
run_part(struct req *r, bool *more)
{
    enum err e;

    str_init(&r->out, r->ctx.arena, 16384);
    e = r->part(r, r->part_state, more);
    if (e == OK)
        e = db_commit(&r->ctx);
    return e;
}

void
parts_send(struct req *r)
{
    struct arena *home = r->ctx.arena, *a = arena_new(65536);
    bool more = true, reached = true;
    size_t first = r->out.len;
    enum err e = OK;

    r->ctx.arena = a;
    r->ctx.read_only = true;
    r->ctx.one_query = true;
    while (more && reached && e == OK) {
        e = run_part(r, &more);
        if (e == OK && r->out.len > 0)
            reached = r->io->write(r->io, r->out.data, r->out.len);
        r->part_bytes += e == OK ? r->out.len : 0;
        arena_reset(a);
    }
    r->ctx.arena = home;
    r->part_bytes += first;
    str_init(&r->out, home, 0);
    if (e != OK) { /* o problema não cabe mais: o status já saiu */
        db_rollback(&r->ctx);
        ctx_clear_error(&r->ctx);
        log_error("resposta cortada no meio: %s", err_info(e)->slug);
        r->io->cut(r->io);
    }
    arena_free(a);
}
