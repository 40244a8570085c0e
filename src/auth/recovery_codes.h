/*
 * recovery_codes.h - os códigos de quem perdeu o aplicativo do segundo fator.
 * Só os escreve e os reduz ao que se guarda; gastar cada um é do banco.
 */
#ifndef BALCAO_RECOVERY_CODES_H
#define BALCAO_RECOVERY_CODES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RECOVERY_CODES = 10,
    RECOVERY_CODE_CHARS = 19, /* XXXX-XXXX-XXXX-XXXX: 80 bits */
    RECOVERY_HASH_BYTES = 32
};

/*
 * Dez códigos novos, em grupos de quatro, sem I, L, O e U.
 * Fonte: Crockford, Base 32 (o alfabeto); NIST SP 800-63B seção 5.1.2.
 */
void
recovery_codes_make(char out[static RECOVERY_CODES][RECOVERY_CODE_CHARS + 1]);

/*
 * O código como o escrevemos, seja como for que a pessoa o digitou: caixa,
 * hífens e espaços não contam; O vale 0, I e L valem 1.
 *   text  NULL ou qualquer texto
 * Devolve falso se não for um código.
 */
bool
recovery_code_read(const char *text, char out[static RECOVERY_CODE_CHARS + 1]);

/*
 * O que se guarda: SHA-256 do código com a pessoa por sal, para que uma
 * tabela pronta não sirva a duas contas.
 *   code  na forma de recovery_code_read
 */
void recovery_code_hash(int64_t user_id, const char *code,
                        unsigned char out[static RECOVERY_HASH_BYTES]);

#endif
