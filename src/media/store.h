/*
 * store.h - onde os bytes dos arquivos ficam: numa pasta (media_dir), cada um
 * sob uma chave que ninguém adivinha. Não sabe o que os bytes são nem de quem.
 */
#ifndef BALCAO_MEDIA_STORE_H
#define BALCAO_MEDIA_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/str.h"

/* Uma chave nova, "EMPRESA/ab/…"; na arena do contexto. */
const char *store_key(struct ctx *c);

/* O caminho dos bytes de uma chave; na arena. Com a chave de outro, não há. */
const char *store_path(struct arena *a, const char *key);

/*
 * Abre um arquivo temporário sem nome no disco: some ao fechar.
 * Devolve o descritor, ou -1 (o motivo vai ao log).
 */
int store_scratch(void);

/*
 * O mesmo, com nome: para quem escreve agora e guarda depois (store_adopt).
 *   path  [saída] na arena
 */
int store_temp(struct arena *a, const char **path);

/*
 * O mesmo, para quem escreve durante um job: fechado e apagado com a arena,
 * a não ser que já seja o arquivo de alguém (store_adopt).
 */
int store_draft(struct arena *a, const char **path);

/*
 * Grava os bytes sob a chave, inteiros ou nada, já no disco.
 * Erros: ERR_UNAVAILABLE (sem disco; o motivo vai ao log).
 */
enum err store_put(struct ctx *c, const char *key, struct slice data);

/*
 * O arquivo temporário passa a ser o da chave. Repetir depois de feito não
 * muda nada. Erros: ERR_UNAVAILABLE.
 */
enum err store_adopt(struct ctx *c, const char *key, const char *path);

/*
 * Abre os bytes para leitura.
 *   bytes  [saída] o tamanho que têm no disco
 * Devolve o descritor, fechado com a arena, ou -1 se não estão lá.
 */
int store_open(struct ctx *c, const char *key, int64_t *bytes);

/*
 * Põe um arquivo aberto na memória, só para ler, até o fim da arena; as
 * páginas são do disco, não do processo. Vazio se não der.
 */
struct slice store_map(struct arena *a, int fd);

/* Apaga os bytes e a miniatura deles; falso se o disco não deixou. */
bool store_drop(struct arena *a, const char *key);

#endif
