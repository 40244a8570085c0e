/*
 * throttle.h - o freio de quem tenta provar quem é: senha, código da segunda
 * etapa, pedido de senha nova. Mora no PostgreSQL para valer também sem Redis
 * e em todos os processos. Não decide quem é quem; só conta.
 *
 * Cada tentativa enche um balde antes de acontecer, e o balde vaza com o
 * tempo; cheio, recusa tudo por 1, 2, 4, 8, 15, 15… minutos. A espera nunca
 * passa de 15 minutos, insistir não a prolonga, e uma hora de sossego esquece
 * tudo: ninguém fica de fora para sempre. Contar antes faz dois pedidos
 * juntos nunca valerem um palpite a mais.
 *
 *   conta     10 por hora, de aparelhos desconhecidos, exista ou não a conta.
 *             Quem insiste de muitos endereços consegue uns 240 palpites por
 *             dia, contra senhas de 10 caracteres fora das listas, ou 240 em
 *             um milhão contra a segunda etapa.
 *   aparelho  10 por hora, só deste aparelho nesta conta: quem já entrou por
 *             ele (cookie assinado) não é atingido pelo que fazem de fora.
 *   própria   10 por hora, de quem já entrou e prova de novo quem é; a senha e
 *             o código têm cada um o seu, e nada de fora os enche: quem chuta o
 *             login de alguém não o impede de trocar a senha.
 *   endereço  50 por 15 minutos, de um IPv4 ou de uma rede IPv6 /64, somando
 *             todas as contas: trava a mesma senha tentada em muitas contas.
 *             Um login certo devolve só a própria tentativa; se esvaziasse o
 *             balde, quem tem uma conta compraria palpites com ela.
 *   pedido    3 por hora por e-mail (ou por quem pede a troca do seu) e 20 por
 *             hora por endereço: o pedido enche a caixa de alguém.
 *
 * Fonte: OWASP Authentication Cheat Sheet ("Login Throttling", "Account
 *        Lockout"); OWASP, "Slow Down Online Guessing Attacks with Device
 *        Cookies"; NIST SP 800-63B seção 5.2.2.
 */
#ifndef BALCAO_THROTTLE_H
#define BALCAO_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

enum throttle_kind {
    THROTTLE_ACCOUNT,     /* e-mail */
    THROTTLE_DEVICE,      /* aparelho e pessoa */
    THROTTLE_SELF,        /* o que se prova e a pessoa, que já entrou */
    THROTTLE_ADDRESS,     /* IPv4, ou rede IPv6 /64 */
    THROTTLE_ASK,         /* e-mail que esqueceu a senha, ou quem troca o seu */
    THROTTLE_ASK_ADDRESS, /* de onde pedem */
};

#define THROTTLE_MOST 3

/* Os baldes de uma tentativa. */
struct throttle {
    int count;
    struct {
        enum throttle_kind kind;
        const char *key;
    } buckets[THROTTLE_MOST];
};

/*
 * Acrescenta um balde.
 *   subject  e-mail (maiúsculas não contam), endereço IP ou nome do aparelho;
 *            só um resumo dele é guardado
 */
void throttle_add(struct ctx *c, struct throttle *t, enum throttle_kind kind,
                  const char *subject);

/*
 * Conta a tentativa, antes dela.
 *   first  [saída] se recusou: é a primeira vez nesta espera (para a
 *          auditoria não encher); pode ser NULL
 * Efeito: só vale com a transação confirmada; confirme antes do que demora.
 * Erros:  ERR_RATE_LIMITED, com c->retry_after_s.
 */
enum err throttle_take(struct ctx *c, const struct throttle *t, bool *first);

/* A tentativa deu certo: conta e aparelho se esvaziam, o endereço recebe uma
 * de volta. */
enum err throttle_pass(struct ctx *c, const struct throttle *t);

#endif
