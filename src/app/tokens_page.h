/*
 * tokens_page.h - as páginas de tokens de API: os da pessoa, com o formulário
 * de criar, e os de todos, para quem administra; e a de confirmar a revogação.
 */
#ifndef BALCAO_TOKENS_PAGE_H
#define BALCAO_TOKENS_PAGE_H

#include "auth/api_token.h"
#include "http/route.h"

/* De quem são os tokens da página. */
enum tokens_of { TOKENS_OWN, TOKENS_ALL };

/* "/account/tokens" ou "/admin/tokens". */
const char *tokens_path(enum tokens_of of);

/*
 * A lista.
 *   cursor  o da página, ou NULL
 *   made    token recém-criado, mostrado uma vez só; NULL: nenhum
 */
enum err tokens_page(struct req *r, enum tokens_of of, const char *cursor,
                     const struct api_token_made *made);

/* A pergunta antes de revogar. Erros: ERR_NOT_FOUND. */
enum err token_revoke_page(struct req *r, enum tokens_of of, int64_t id);

#endif
