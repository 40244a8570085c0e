/*
 * device.h - o cookie assinado de um aparelho onde a pessoa já entrou. Dá a
 * ele uma cota própria de tentativas: quem ataca a conta de fora esgota a
 * cota dos desconhecidos, não a dele. Não é sessão e não abre nada.
 */
#ifndef BALCAO_DEVICE_H
#define BALCAO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
    DEVICE_ID_CHARS = 32,      /* 128 bits, em hexadecimal */
    DEVICE_COOKIE_CHARS = 130, /* id.conta.mac */
    DEVICE_COOKIE_S = 31536000 /* um ano; navegadores cortam em 400 dias */
};

/*
 * O valor de um cookie novo: id aleatório, a conta (resumida com chave, não o
 * número) e o HMAC-SHA256 dos dois com a chave KEY_DEVICE. Faz-se a cada
 * entrada com senha certa; vai HttpOnly, Secure, SameSite=Lax.
 * Memória: o texto é da arena.
 * Fonte:   OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
 */
const char *device_cookie_make(struct arena *a, int64_t user_id);

/*
 * Confere um cookie desta conta, em tempo constante.
 *   text  o valor do cookie; NULL ou qualquer lixo não confere
 *   id    [saída] a chave da cota deste aparelho; "" se não confere
 * Trocado app_secret, o cookie antigo deixa de conferir, e o aparelho volta à
 * cota comum até a próxima entrada.
 */
bool device_cookie_check(const char *text, int64_t user_id,
                         char id[static DEVICE_ID_CHARS + 1]);

#endif
