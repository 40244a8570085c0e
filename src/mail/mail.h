/*
 * mail.h - e-mail para as pessoas: enfileira na transação do fato, e o worker
 * entrega por SMTP depois do COMMIT. Não lê caixa postal nem fala com o
 * cliente final: isso é assunto dos canais.
 *
 * Os modelos são templates/mail/NOME.mustache: assunto, texto e HTML no mesmo
 * arquivo (seções subject, text e html).
 */
#ifndef BALCAO_MAIL_H
#define BALCAO_MAIL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/ctx.h"

struct mail_new {
    const char *to;            /* endereço só, ex. "ana@exemplo.com" */
    const char *to_name;       /* nome da pessoa; NULL: só o endereço */
    const char *template;      /* ex. "reset_password" */
    const char *lang;          /* "pt-BR" ou "en"; NULL: a língua em uso */
    struct json_object *model; /* continua de quem chamou; NULL: vazio */
    int64_t company_id;        /* 0: a do contexto; sem ela, a mais antiga */
    const char *unsubscribe;   /* endereço por onde se deixa de receber; NULL:
                                  não é e-mail que se recuse */
};

/* Há servidor de saída configurado (smtp_url). */
bool mail_is_on(void);

/*
 * Enfileira um e-mail na transação do contexto, que pode não ter empresa. O
 * conteúdo vai cifrado no job: leva links que abrem a conta.
 * Sem servidor, ou com um endereço que não se escreve num cabeçalho, avisa no
 * log e devolve OK: a ação da pessoa não falha por causa do e-mail.
 * Erros:   ERR_INTERNAL se passar de 60 KB. Os do banco só aparecem no próximo
 *          db_run ou db_commit (vai na fila).
 * Memória: guarda na arena; não fica com o modelo.
 */
enum err mail_enqueue(struct ctx *c, const struct mail_new *m);

/*
 * Confere smtp_*, mail_from e o que um contradiz no outro.
 *   report  recebe cada problema, já traduzido, sem o nome da chave
 * Devolve verdadeiro se não há nenhum.
 */
bool mail_check_conf(void (*report)(const char *key, const char *problem));

#endif
