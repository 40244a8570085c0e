/* board.c - mover um cartão no quadro. */
#include "desk/board.h"

#include "base/i18n.h"
#include "desk/ticket_change.h"

#define C struct q_ticket_board_columns_row

const struct field board_column_out[] = {
    INT_OR_NULL(C, tag_id, .doc = "Etiqueta; null: sem etapa"),
    TEXT(C, name, .nullable = true, .doc = "Nome dela"),
    TEXT(C, color, .nullable = true, .doc = "Cor, #rrggbb"),
    INT(C, cards, .doc = "Atendimentos abertos que a pessoa vê nela"),
    FIELDS_END
};

enum err
board_move(struct ctx *c, int64_t ticket_id, int64_t tag_id,
           struct q_ticket_row *out)
{
    struct q_ticket_board_stage_row at;
    enum err e = q_ticket_board_stage(
        c,
        &(struct q_ticket_board_stage_in){ .id = ticket_id, .tag_id = tag_id },
        &at);

    if (e != OK)
        return e;
    if (at.closed)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento está fechado; já não está no quadro"));
    if (!at.is_stage)
        return fail_field(c, "tagId", "exists", "%s",
                          _("não é uma coluna do quadro"));
    return ticket_change(
        c, ticket_id,
        &(struct ticket_edit){ .version = at.version, .tag_ids = at.tag_ids },
        out);
}
