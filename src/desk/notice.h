/*
 * notice.h - as notificações da pessoa do contexto: o que nasce por gatilhos
 * (0052) ela lê, marca e escolhe aqui. Não conhece HTTP.
 */
#ifndef BALCAO_NOTICE_H
#define BALCAO_NOTICE_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_notice.h"

#define NOTICE_KINDS \
    "mention assigned transferred chat sla participant followed"
#define NOTICE_DIGESTS "never soon hourly daily"

/* Como a notificação, as contas e as escolhas saem na API. */
extern const struct field notice_out[];
extern const struct field notice_counts_out[];
extern const struct field notice_settings_out[];

/*
 * Uma notificação em palavras, na língua em uso: o que houve, e onde ela leva
 * ("/inbox/12#m34"). De um atendimento que a pessoa não vê só se diz isso.
 */
const char *notice_text(struct arena *a, const struct q_notice_row *n);
const char *notice_path(struct arena *a, const struct q_notice_row *n);

/* "Contato · protocolo" ou o nome do grupo; NULL se não há o que dizer. */
const char *notice_where(struct arena *a, const struct q_notice_row *n);

/*
 * Marca uma como lida, ou todas (id 0), e diz as contas às outras abas
 * (notification:read). Já lida: nada muda.
 * Erros: ERR_NOT_FOUND.
 */
enum err
notice_read(struct ctx *c, int64_t id, struct q_notice_counts_row *out);

/* Quem participa abriu o atendimento: as notificações de acompanhar se leem. */
enum err notice_ticket_seen(struct ctx *c, int64_t ticket_id);

#endif
