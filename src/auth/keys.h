/*
 * keys.h - uma chave por finalidade, derivada de app_secret. Quem assina
 * formulário não consegue assinar token, e o contrário. Não guarda senha.
 *
 * Numa troca, os segredos antigos ficam em app_secret_previous: o que eles
 * assinaram ainda confere e o que cifraram ainda abre, mas só o atual assina
 * e cifra. Os pares de chaves dos tokens estão em token_keys.h.
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

/* O atual e até oito anteriores. */
enum { KEY_SECRETS_MAX = 9 };

/* Quem quer saber o que há de errado (ou de arriscado) na configuração. */
struct key_report {
    void (*problem)(const char *key, const char *text);
    void (*warning)(const char *key, const char *text);
};

/*
 * Diz se app_secret e cada um de app_secret_previous são hexadecimal de 32 a
 * 64 bytes, e quantos bastam; `config check` pergunta. Um segredo nunca
 * aparece no que se conta.
 */
bool keys_check(const struct key_report *report);

/*
 * Os KEY_BYTES bytes da chave atual: HMAC-SHA256(app_secret, nome da
 * finalidade). Com um segredo malformado escreve no log e encerra o processo:
 * sem segredo nada do que ele assinaria vale.
 * Memória: vale até keys_forget.
 * Fonte:   RFC 5869 seção 2.3 (um bloco de HKDF-Expand, sem contador).
 */
const unsigned char *keys_get(enum key_purpose purpose);

/*
 * KEY_ID_BYTES bytes que identificam a chave sem a revelar (começo do
 * SHA-256 dela): dizem, depois de uma troca de app_secret, com qual se cifrou.
 */
const unsigned char *keys_id(enum key_purpose purpose);

/* Quantos segredos se aceitam; o 0 é o atual, os outros na ordem da lista. */
int keys_count(void);

/* O mesmo que keys_get e keys_id, para o i-ésimo segredo aceito. */
const unsigned char *keys_get_at(enum key_purpose purpose, int i);
const unsigned char *keys_id_at(enum key_purpose purpose, int i);

/*
 * A chave desta finalidade com este id, entre todas as aceitas.
 *   id  KEY_ID_BYTES bytes
 * Devolve NULL se nenhuma.
 */
const unsigned char *
keys_find(enum key_purpose purpose, const unsigned char *id);

/* Apaga as chaves da memória; a próxima chamada deriva outra vez. */
void keys_forget(void);

#endif
