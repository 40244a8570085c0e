/*
 * two_factor_setup.h - a própria pessoa liga, renova e desliga a segunda
 * etapa. Enquanto não prova um código, o segredo só existe na tela dela e num
 * texto cifrado que volta com o código: nada fica pela metade no banco.
 */
#ifndef BALCAO_TWO_FACTOR_SETUP_H
#define BALCAO_TWO_FACTOR_SETUP_H

#include "auth/qr.h"
#include "auth/two_factor.h"
#include "base/ctx.h"

enum { TWO_FACTOR_SETUP_S = 900 };

/* O que a tela mostra para o aplicativo ler. */
struct two_factor_offer {
    const char *secret; /* base32 */
    const char *uri;    /* otpauth:// */
    const char *setup;  /* o segredo cifrado, para two_factor_confirm */
    struct qr qr;
};

typedef char two_factor_codes[RECOVERY_CODES][RECOVERY_CODE_CHARS + 1];

/*
 * Oferece um segredo novo a quem prova a senha; vale TWO_FACTOR_SETUP_S.
 * Erros: os de own_password_prove; ERR_CONFLICT se já está ligada.
 */
enum err two_factor_offer(struct ctx *c, const char *password,
                          struct two_factor_offer *out);

/* A mesma oferta, de novo (o código não conferiu). Erros: ERR_INVALID (setup).
 */
enum err two_factor_offer_again(struct ctx *c, const char *setup,
                                struct two_factor_offer *out);

/*
 * Liga, se o código prova que o aplicativo tem o segredo.
 *   codes  [saída] os de recuperação; só aparecem agora
 * Erros: ERR_INVALID em setup (venceu) ou code.
 */
enum err two_factor_confirm(struct ctx *c, const char *setup, const char *code,
                            two_factor_codes codes);

/*
 * Códigos de recuperação novos, com a senha e um código: eles abrem a segunda
 * etapa, e só a senha seria um atalho por fora dela.
 * Erros: ERR_INVALID (password, code); ERR_CONFLICT se está desligada.
 */
enum err two_factor_renew_codes(struct ctx *c, const char *password,
                                const char *code, two_factor_codes codes);

/*
 * Desliga, com a senha e um código; avisa por e-mail.
 * Erros: ERR_INVALID (password, code); ERR_CONFLICT se está desligada ou uma
 *        empresa da pessoa a exige.
 */
enum err
two_factor_remove(struct ctx *c, const char *password, const char *code);

/* Alguma empresa da pessoa a exige? */
enum err two_factor_required(struct ctx *c, bool *required);

#endif
