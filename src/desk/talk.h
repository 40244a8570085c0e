/*
 * talk.h - a conversa entre colegas: de duas pessoas ou em grupo. A pessoa do
 * contexto só alcança as conversas em que está; as outras não existem. O que
 * muda se diz na sala user:N de cada um que está nela. Não conhece HTTP.
 */
#ifndef BALCAO_TALK_H
#define BALCAO_TALK_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_talk.h"

#define TALK_BODY_MAX 4096
#define TALK_NAME_MAX 80
#define TALK_PEOPLE_MAX 100

/* Como a conversa (na lista), ela com as pessoas, e a mensagem saem na API. */
extern const struct field talk_out[];
extern const struct field talk_full_out[];
extern const struct field talk_message_out[];

/* Uma página das conversas. */
struct talk_page {
    const char *cursor; /* o `next` da anterior; NULL: do começo */
    int64_t most;
    struct q_talk_row *rows; /* [saída] */
    int count;               /* [saída] */
    const char *next;        /* [saída] NULL no fim */
};

/* Da mais recente à mais antiga. Erros: ERR_INVALID em cursor. */
enum err talk_list(struct ctx *c, struct talk_page *page);

/*
 * Abre uma conversa. Sem nome, a que há (ou passa a haver) com uma pessoa;
 * com nome, um grupo novo, de quem cuida quem o abriu.
 *   people  '{7,9}', sem contar quem abre
 *   name    "": duas pessoas
 * Erros: ERR_INVALID em userIds (ninguém, gente demais, não é da empresa) ou
 *        name.
 */
enum err talk_open(struct ctx *c, const char *people, const char *name,
                   struct q_talk_get_row *out);

/* O que muda num grupo; NULL fica como está. */
struct talk_change {
    int64_t version; /* 0: não se confere */
    const char *name, *people;
};

/*
 * Muda o nome ou as pessoas de um grupo.
 * Erros: ERR_NOT_FOUND, ERR_FORBIDDEN (não cuida dele), ERR_CONFLICT (a
 *        versão já é outra; não é um grupo), ERR_INVALID.
 */
enum err talk_change(struct ctx *c, int64_t id, const struct talk_change *to,
                     struct q_talk_get_row *out);

/* Sai de um grupo. Erros: ERR_NOT_FOUND, ERR_CONFLICT (não é um grupo). */
enum err talk_leave(struct ctx *c, int64_t id);

/*
 * Escreve na conversa: conta as não lidas, notifica os outros e avisa
 * private_message (a todos) e message_received (aos outros).
 *   reply_to  mensagem citada; 0: nenhuma
 * Erros: ERR_NOT_FOUND, ERR_CONFLICT (a outra pessoa saiu da empresa),
 *        ERR_INVALID em body ou replyTo.
 */
enum err talk_send(struct ctx *c, int64_t id, const char *body,
                   int64_t reply_to, struct q_talk_message_row *out);

/* Um arquivo que vai aos colegas; caption "": sem texto. */
struct talk_file {
    struct slice data;
    const char *name, *caption;
    int64_t reply_to; /* mensagem citada; 0: nenhuma */
};

/*
 * Escreve na conversa com um arquivo, conferido como o que vai ao cliente.
 * Erros: os de talk_send e de file_upload.
 */
enum err talk_send_file(struct ctx *c, int64_t id, const struct talk_file *in,
                        struct q_talk_message_row *out);

/* Avisa chat:updated a quem está na conversa. */
enum err talk_tell_changed(struct ctx *c, int64_t id);

/*
 * Corrige a própria mensagem, ou a apaga (body NULL). Avisa chat:message.
 * Erros: ERR_NOT_FOUND, ERR_FORBIDDEN (é de outra pessoa), ERR_CONFLICT (já
 *        apagada), ERR_INVALID em body.
 */
enum err talk_rewrite(struct ctx *c, int64_t id, int64_t message_id,
                      const char *body, struct q_talk_message_row *out);

/*
 * Leu até esta mensagem; 0: até o fim. A marca nunca volta. Avisa chat:read.
 * Erros: ERR_NOT_FOUND.
 */
enum err
talk_read(struct ctx *c, int64_t id, int64_t upto, struct q_talk_read_row *out);

#endif
