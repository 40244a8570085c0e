/*
 * keys.h - uma chave por finalidade, derivada de app_secret. Quem assina
 * formulário não consegue assinar token, e o contrário. Não guarda senha.
 */
#ifndef BALCAO_KEYS_H
#define BALCAO_KEYS_H

#include <stdbool.h>

enum key_purpose {
    KEY_JWT,
    KEY_STREAM,
    KEY_CSRF,
    KEY_SECRET_BOX,
    KEY_DEVICE,
    KEY_PURPOSES
};

enum { KEY_BYTES = 32, KEY_ID_BYTES = 4 };

/* Diz se app_secret é hexadecimal de 32 a 64 bytes; config check pergunta. */
bool keys_valid(void);

/*
 * Os KEY_BYTES bytes da chave: HMAC-SHA256(app_secret, nome da finalidade).
 * Com app_secret malformado escreve no log e encerra o processo: sem segredo
 * nada do que ele assinaria vale.
 * Memória: vale até keys_forget.
 * Fonte:   RFC 5869 seção 2.3 (um bloco de HKDF-Expand, sem contador).
 */
const unsigned char *keys_get(enum key_purpose purpose);

/*
 * KEY_ID_BYTES bytes que identificam a chave sem a revelar (começo do
 * SHA-256 dela): dizem, depois de uma troca de app_secret, com qual se cifrou.
 */
const unsigned char *keys_id(enum key_purpose purpose);

/* Apaga as chaves da memória; a próxima chamada deriva outra vez. */
void keys_forget(void);

#endif
