/*
 * totp.h - o segundo fator por aplicativo: segredo, endereço que o aplicativo
 * lê e conferência do código. Não guarda nada: quem chama sela o segredo
 * (secret_box) e anota o passo usado, que é o que impede repetir um código.
 */
#ifndef BALCAO_TOTP_H
#define BALCAO_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum {
    TOTP_SECRET_BYTES = 20, /* 160 bits, o tamanho do SHA-1 */
    TOTP_SECRET_CHARS = 32, /* em base32, sem preenchimento */
    TOTP_DIGITS = 6,
    TOTP_STEP_S = 30
};

/* Segredo novo, de 160 bits. Fonte: RFC 4226 seção 4, R6. */
void totp_secret(unsigned char out[static TOTP_SECRET_BYTES]);

/*
 * O segredo em base32, para digitar quando não há câmera.
 * Fonte: RFC 4648 seção 6.
 */
void totp_secret_text(const unsigned char secret[static TOTP_SECRET_BYTES],
                      char out[static TOTP_SECRET_CHARS + 1]);

/*
 * O endereço otpauth:// que o aplicativo lê do QR: "Balcão" e a conta.
 *   account  o e-mail da pessoa
 * Memória: o texto é da arena; leva o segredo, nunca vai ao log.
 * Fonte:   Key Uri Format (google-authenticator); RFC 3986 seção 2.1.
 */
const char *
totp_uri(struct arena *a, const unsigned char secret[static TOTP_SECRET_BYTES],
         const char *account);

/*
 * Confere um código de 6 dígitos no passo de agora, no anterior e no seguinte,
 * sempre os três, em tempo que não depende de qual serviu.
 *   code       como a pessoa digitou: espaços são tirados; NULL não confere
 *   now_s      segundos desde 1970
 *   last_step  último passo aceito desta conta; dele para trás é repetição.
 *              -1: nenhum ainda
 *   step       [saída] o passo aceito, a guardar como last_step na mesma
 *              transação; só vale se o resultado for verdadeiro
 * Fonte:     RFC 6238 seções 4 e 5.2.
 */
bool
totp_check(const unsigned char secret[static TOTP_SECRET_BYTES],
           const char *code, int64_t now_s, int64_t last_step, int64_t *step);

#endif
