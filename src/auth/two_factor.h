/*
 * two_factor.h - a segunda etapa de uma pessoa no banco: ligar, desligar,
 * conferir e gastar códigos. O segredo fica cifrado e os códigos de
 * recuperação só em hash. Não conta tentativas: isso é de throttle.h.
 */
#ifndef BALCAO_TWO_FACTOR_H
#define BALCAO_TWO_FACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/recovery_codes.h"
#include "auth/totp.h"
#include "base/ctx.h"

struct two_factor {
    bool is_on;
    const char *enabled_at; /* timestamptz, ou NULL */
    int64_t codes_left;     /* códigos de recuperação por usar */
};

/* Como está a segunda etapa da pessoa. Erros: ERR_NOT_FOUND. */
enum err
two_factor_state(struct ctx *c, int64_t user_id, struct two_factor *out);

/*
 * A empresa exige a segunda etapa, e a pessoa não a ligou: access_of só lhe
 * dá a permissão `self`, para que ligue.
 */
enum err two_factor_missing(struct ctx *c, int64_t user_id, int64_t company_id,
                            bool *missing);

/*
 * Liga, depois que a pessoa provou ter o segredo no aplicativo. Os tokens de
 * acesso de antes precisam se renovar: o que ela pode mudou.
 *   step   o passo do código provado (totp_check): ele não serve mais
 *   codes  [saída] códigos de recuperação novos; só aqui aparecem
 */
enum err
two_factor_enable(struct ctx *c, int64_t user_id,
                  const unsigned char secret[static TOTP_SECRET_BYTES],
                  int64_t step,
                  char codes[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1]);

/* Desliga e esquece segredo e códigos; a própria pessoa ou um administrador. */
enum err two_factor_disable(struct ctx *c, int64_t user_id);

/* Códigos novos no lugar de todos os anteriores. */
enum err two_factor_new_codes(
    struct ctx *c, int64_t user_id,
    char codes[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1]);

/*
 * Confere um código do aplicativo ou de recuperação, e o gasta: de dois
 * pedidos juntos com o mesmo só um passa, e o repetido não passa mais.
 *   code      como a pessoa digitou; NULL não confere
 *   passes    [saída]
 *   recovery  [saída] era um código de recuperação; pode ser NULL
 */
enum err two_factor_check(struct ctx *c, int64_t user_id, const char *code,
                          bool *passes, bool *recovery);

#endif
