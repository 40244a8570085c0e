/*
 * store.h - onde os bytes dos arquivos ficam: numa pasta (media_dir) ou num
 * armazenamento compatível com S3, cada um sob uma chave que ninguém adivinha.
 * Não sabe o que os bytes são nem de quem. Com store = s3 o que ainda está na
 * pasta se lê dela, até que `balcao store move` o leve.
 */
#ifndef BALCAO_MEDIA_STORE_H
#define BALCAO_MEDIA_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/str.h"

/* Uma chave nova, "EMPRESA/ab/…"; na arena do contexto. */
const char *store_key(struct ctx *c);

/* Os bytes ficam longe, num S3? (store = s3) */
bool store_is_far(void);

/*
 * Abre um arquivo temporário sem nome no disco: some ao fechar.
 * Devolve o descritor, ou -1 (o motivo vai ao log).
 */
int store_scratch(void);

/*
 * O mesmo, com nome, para quem escreve durante um job: fechado e apagado com
 * a arena, a não ser que já seja o arquivo de alguém (store_keep).
 *   path  [saída] na arena
 */
int store_draft(struct arena *a, const char **path);

/*
 * Grava os bytes sob a chave, inteiros ou nada; volta com eles guardados.
 *   sha256  deles, em hexadecimal: o S3 recusa o que chegar diferente
 * Erros: ERR_UNAVAILABLE, com Retry-After (o motivo vai ao log).
 */
enum err store_put(struct ctx *c, const char *key, struct slice data,
                   const char *sha256);

/* Trecho pedido, as duas pontas incluídas; -1 onde não se disse. Sem a
 * primeira, são os últimos `last` bytes. */
struct store_range {
    int64_t first, last;
};

/* Bytes sendo lidos: os de `at` até antes de `end`, de `size` que há. */
struct store_reader {
    int64_t size, at, end;
    bool is_part;        /* o trecho pedido, e não tudo */
    int fd;              /* na pasta; -1: vêm do S3 */
    struct s3_call *far; /* do S3 */
};

/*
 * Abre os bytes da chave; o que é aberto se fecha com a arena.
 *   range      NULL: inteiros
 *   only_size  não se vai ler: basta saber o tamanho
 *   out        [saída]; em ERR_RANGE, só o tamanho
 * Erros: ERR_NOT_FOUND; ERR_RANGE; ERR_UNAVAILABLE, com Retry-After.
 */
enum err
store_open(struct ctx *c, const char *key, const struct store_range *range,
           bool only_size, struct store_reader *out);

/*
 * Os próximos bytes, até n, e at anda. 0 no fim; -1 se faltaram (o motivo vai
 * ao log).
 */
long store_read(struct store_reader *r, void *to, size_t n);

/*
 * Põe um arquivo aberto na memória, só para ler, até o fim da arena; as
 * páginas são do disco, não do processo. Vazio se não der.
 */
struct slice store_map(struct arena *a, int fd);

/*
 * O mesmo, para quem guarda ou manda o que leu: inteiro, ou erro.
 *   out  [saída]
 * Erros: ERR_UNAVAILABLE (não se pôs inteiro na memória; o motivo vai ao log).
 */
enum err store_map_whole(struct ctx *c, int fd, struct slice *out);

/*
 * Apaga os bytes e a miniatura deles, na pasta e no S3; falso se não se
 * conseguiu.
 */
bool store_drop(struct arena *a, const char *key);

/* Um objeto guardado. */
struct store_item {
    const char *key; /* vale só durante a chamada */
    int64_t bytes, changed_at_ms;
};

/* Falso para a caminhada. */
typedef bool store_seen(void *state, const struct store_item *item);

/*
 * Passa por tudo que está guardado, sem ordem combinada.
 *   far  o S3; se não, a pasta
 * Erros: ERR_UNAVAILABLE; o detalhe diz por quê.
 */
enum err store_each(struct ctx *c, bool far, store_seen *seen, void *state);

/* Apaga os temporários que um processo morto deixou, de antes de before_ms. */
void store_drop_drafts(struct arena *a, int64_t before_ms);

/* Leva um arquivo da pasta para o S3 e o tira dela.
 * Erros: ERR_NOT_FOUND (já não está na pasta); ERR_UNAVAILABLE. */
enum err store_move(struct ctx *c, const char *key);

/*
 * Prova o S3 da configuração com um objeto de mentira: põe, lê, lê um trecho,
 * acha na lista e apaga.
 *   step  recebe cada passo, traduzido, e o que deu errado nele (NULL: nada)
 * Devolve verdadeiro se tudo deu certo.
 */
bool
store_check(struct ctx *c, void (*step)(const char *what, const char *problem));

/*
 * Confere store, s3_* e o que um contradiz no outro.
 *   report, warn  recebem cada problema e cada aviso, já traduzidos
 * Devolve verdadeiro se não há problema.
 */
bool store_check_conf(void (*report)(const char *key, const char *problem),
                      void (*warn)(const char *key, const char *warning));

/* Larga a conexão com o S3 se parada há idle_s segundos. */
void store_release_idle(int64_t idle_s);

#endif
