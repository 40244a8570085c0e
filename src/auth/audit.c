/* audit.c - um registro de auditoria na transação do fato. */
#include "auth/audit.h"

#include "db/db.h"
#include "gen/q_audit.h"

static const char *
text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

enum err
audit_note(struct ctx *c, const struct audit *note)
{
    return q_audit_note_queue(
        c, &(struct q_audit_note_in){
               .company_id =
                   note->company_id != 0 ? note->company_id : c->company_id,
               .user_id = note->user_id != 0 ? note->user_id : c->user_id,
               .action = note->action,
               .target_type = text_or_empty(note->target_type),
               .target_id = text_or_empty(note->target_id),
               .before = note->before,
               .after = note->after,
               .origin = db_origin(c) });
}
