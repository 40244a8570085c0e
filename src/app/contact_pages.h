/*
 * contact_pages.h - as páginas de /contacts: a lista, um contato e o seu
 * formulário. Monta modelos; as regras são de desk/contact_book.h.
 */
#ifndef BALCAO_CONTACT_PAGES_H
#define BALCAO_CONTACT_PAGES_H

#include "desk/contact_book.h"
#include "http/route.h"

#define CONTACTS "/contacts"

/* O que a lista pede, como veio na query; NULL: não veio. */
struct contact_query {
    const char *q, *tag_id, *list_id, *blocked, *cursor;
};

/*
 * A moldura destas páginas: settings_model sem o menu de ajustes.
 *   title, lead  já traduzidos; lead NULL: nenhum
 */
struct json_object *
contact_frame(struct req *r, const char *title, const char *lead);

/* Põe `tags` [{id, name, color, marked}]; marcadas as de `chosen` ("[1,2]"). */
enum err
contact_add_tags(struct req *r, struct json_object *m, const char *chosen);

/* "[1,2]" ou "{1,2}" tem o número? */
bool contact_has_id(const char *ids, int64_t id);

/* O filtro pedido, pronto para q_contact_list. Erros: ERR_INVALID (cursor). */
enum err contact_filter(struct req *r, const struct contact_query *in,
                        struct q_contact_list_in *out);

/* A query deste filtro, "?q=…&tagId=…", sem cursor. */
const char *
contact_filter_query(struct req *r, const struct q_contact_list_in *f);

/* A lista, ou só as linhas se é o htmx quem pede. */
enum err contact_list_page(struct req *r, const struct contact_query *in);

/*
 * Um contato: dados, anotações, atendimentos.
 *   before  só atendimentos de número menor; 0: do começo
 */
enum err contact_page(struct req *r, int64_t id, int64_t before);

/* O formulário; id 0: contato novo. */
enum err contact_form_page(struct req *r, int64_t id);

/* O que se digitou no formulário. */
struct contact_form {
    int64_t id, version;
    const char *name, *phone, *email, *document, *phones_text, *emails_text,
        *tag_ids;
};

/*
 * Do que se digitou ao que o domínio pede: o contato inteiro, com os campos
 * próprios lidos do formulário ("custom.CHAVE").
 */
enum err contact_form_read(struct req *r, const struct contact_form *in,
                           struct contact_change *to);

#endif
