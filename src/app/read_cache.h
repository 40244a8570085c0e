/*
 * read_cache.h - a resposta de uma leitura, guardada no processo enquanto o
 * banco prova que nada mudou. Não há prazo nem aviso de quem grava: cada uso
 * vai ao PostgreSQL, que confere a identidade (app_enter) e diz a foto
 * corrente (pg_current_snapshot). Fotos iguais veem as mesmas transações
 * confirmadas, de qualquer empresa e de qualquer processo: a resposta
 * guardada é a que a consulta daria. Só serve a rotas cuja resposta depende
 * do banco, do endereço e da pessoa, e de mais nada (nem da hora).
 */
#ifndef BALCAO_READ_CACHE_H
#define BALCAO_READ_CACHE_H

#include "http/route.h"

/*
 * Responde com o que está guardado, se ainda vale.
 *   hit  [saída] verdadeiro se r já tem a resposta
 * Erros: os da identidade (ERR_UNAUTHORIZED, ERR_SUSPENDED) e os do banco.
 */
enum err read_cache_find(struct req *r, bool *hit);

/* Guarda a resposta de r, que acabou de ser feita. Copia. */
void read_cache_keep(struct req *r);

/* Devolve a memória, quando o processo fica parado. */
void read_cache_clear(void);

#endif
