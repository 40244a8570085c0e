/*
 * form_page.h - formulários de página que não perdem nada: o que foi recusado
 * volta na mesma página, com o que a pessoa digitou e os campos marcados.
 * A rota do POST aponta em .redraw quem desenha a página; serve.c o chama.
 */
#ifndef BALCAO_FORM_PAGE_H
#define BALCAO_FORM_PAGE_H

#include "http/route.h"

struct json_object;

/* O que toda rota de página de quem entrou repete na tabela; o formulário
 * cabe num corpo de 128 KiB e responde por redirecionamento. */
#define WEB_PAGE .auth = AUTH_COOKIE, .html = true, .out_type = "text/html"
#define WEB_POST WEB_PAGE, .accepts = ACCEPT_FORM, .max_body = 131072
#define WEB_FORM WEB_POST, .success = 303

/*
 * Põe em `m` o que templates/layout/form espera:
 *   form     os valores dos campos: `saved` (NULL: nenhum) e, por cima, o que
 *            acabou de ser digitado; senhas e códigos nunca voltam
 *   errors   {campo: texto} dos campos recusados
 *   problem  texto do problema que não é de um campo, ou null
 *   done     texto do que acabou de dar certo (cookie de um uso), ou null
 * Memória: `saved` passa a ser do modelo.
 */
void
form_model(struct req *r, struct json_object *m, struct json_object *saved);

/*
 * Diz se uma opção de lista (caixas, seleção) está marcada: o que foi
 * digitado vence o que está gravado.
 */
bool
form_marked(struct req *r, const char *name, const char *value, bool saved);

/* O {id} do caminho, para quem redesenha só com a requisição; 0: não há. */
int64_t form_path_id(const struct req *r);

/*
 * O que se recusou num campo que se digita com um nome e se confere com outro.
 * Devolve NULL se nada se recusou nele.
 */
const char *
form_error(const struct req *r, const char *typed, const char *stored);

/* Formulário manda CRLF; o texto sai com LF e sem sobra no fim. NULL vale "".
 */
const char *form_lines(struct req *r, const char *text);

/*
 * Redireciona (303) depois de dar certo, com um texto que a próxima página
 * mostra uma vez só (cookie "done", lido e apagado por form_model).
 *   text  já traduzido, até 300 bytes; NULL: nenhum
 */
enum err form_done(struct req *r, const char *path, const char *text);

/*
 * Depois de uma recusa, desenha a página do formulário com o status dela.
 * Devolve falso se a rota não tem página ou ela não se desenha.
 */
bool form_redraw(struct req *r, enum err e);

#endif
