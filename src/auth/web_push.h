/*
 * web_push.h - cifra uma mensagem para um navegador só, que o serviço de push
 * leva sem poder ler. Não fala com ninguém: a entrega é de um job.
 *
 * É feito aqui, sobre as primitivas da OpenSSL, porque nenhuma biblioteca em C
 * empacotada o faz; o vetor do apêndice A da norma está em web_push_test.c.
 */
#ifndef BALCAO_WEB_PUSH_H
#define BALCAO_WEB_PUSH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum {
    PUSH_POINT_BYTES = 65, /* P-256 sem compressão */
    PUSH_AUTH_BYTES = 16,
    PUSH_SALT_BYTES = 16,
    PUSH_SCALAR_BYTES = 32,
    PUSH_PLAIN_MAX = 3993 /* 4096 menos cabeçalho, marca e selo */
};

/* As chaves que o navegador deu. */
struct push_keys {
    unsigned char point[PUSH_POINT_BYTES]; /* p256dh */
    unsigned char auth[PUSH_AUTH_BYTES];
};

/*
 * Lê p256dh e auth, em base64url. Falso se o tamanho não é o certo ou o ponto
 * não está na curva.
 */
bool
push_keys_read(const char *p256dh, const char *auth, struct push_keys *out);

/*
 * Cifra até PUSH_PLAIN_MAX bytes, com chave e sal novos.
 *   out  [saída] o corpo do pedido, Content-Encoding aes128gcm, na arena
 * Devolve falso se não cabe ou a OpenSSL falhar.
 * Fonte:   RFC 8291 seção 3; RFC 8188 seção 2.
 */
bool push_seal(struct arena *a, const struct push_keys *to, struct slice plain,
               struct slice *out);

/* O que se sorteia a cada mensagem. */
struct push_seed {
    unsigned char scalar[PUSH_SCALAR_BYTES], salt[PUSH_SALT_BYTES];
};

/* O mesmo, com chave e sal dados: para o vetor da norma. */
bool push_seal_with(struct arena *a, const struct push_keys *to,
                    const struct push_seed *seed, struct slice plain,
                    struct slice *out);

#endif
