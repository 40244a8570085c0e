/* job_kit.h - banco e arena do próprio teste, para os que rodam jobs nele. */
#ifndef BALCAO_TEST_JOB_KIT_H
#define BALCAO_TEST_JOB_KIT_H

struct arena;
struct db;

extern struct db *job_db;
extern struct arena *job_arena;

/* harness_setup com uma conexão como a do worker; use no grupo. */
int job_setup(void **state);
int job_teardown(void **state);

#endif
