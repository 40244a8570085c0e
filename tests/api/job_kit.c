/* job_kit.c - banco e arena do próprio teste, para os que rodam jobs nele. */
#include "job_kit.h"

#include "base/arena.h"
#include "base/conf.h"
#include "db/db.h"
#include "harness.h"

struct db *job_db;
struct arena *job_arena;

int
job_setup(void **state)
{
    if (harness_setup(state) != 0)
        return 1;
    job_db = db_new(conf()->database_url);
    job_arena = arena_new(65536);
    return 0;
}

int
job_teardown(void **state)
{
    arena_free(job_arena);
    db_close(job_db);
    return harness_teardown(state);
}
