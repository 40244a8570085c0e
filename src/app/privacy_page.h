/*
 * privacy_page.h - as páginas de dados pessoais: /admin/privacy, de quem cuida
 * dos pedidos, e /account/privacy, de cada um.
 */
#ifndef BALCAO_PRIVACY_PAGE_H
#define BALCAO_PRIVACY_PAGE_H

#include "http/route.h"

/* De quem se fala. */
enum privacy_of { PRIVACY_CONTACT, PRIVACY_USER };

/*
 * A procura e os últimos pedidos.
 *   words  nome, e-mail ou pedaço do telefone; NULL ou "": só os pedidos
 */
enum err privacy_home_page(struct req *r, const char *words);

/* A confirmação de apagar. Erros: ERR_NOT_FOUND. */
enum err privacy_erase_page(struct req *r, enum privacy_of of, int64_t id);

/* Os dados de quem está vendo. */
enum err privacy_own_page(struct req *r);

#endif
