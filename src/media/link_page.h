/*
 * link_page.h - busca uma página alheia e lê o cabeçalho dela: título,
 * descrição, e quem respondeu. Feito para um processo que nasce só para isto,
 * com os tetos de jobs/tool_run.h: o que veio de fora não entra no worker.
 */
#ifndef BALCAO_LINK_PAGE_H
#define BALCAO_LINK_PAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum {
    LINK_TITLE_CHARS = 200,
    LINK_TEXT_CHARS = 300,
    LINK_TIMEOUT_MS = 15000, /* do processo; a busca tem um menor */
    LINK_CPU_S = 10
};

/* Textos da arena, numa linha, sem controles; "" se não há. */
struct link_page {
    const char *title, *description, *site;
};

/*
 * Busca url e o que ela redirecionar, até 5 pedidos e 10 s ao todo. Só http e
 * https, portas 80 e 443, sem usuário nem proxy; cada conexão é conferida no
 * endereço em que se abre (address_is_public), depois da resolução do nome: um
 * nome que muda de endereço no meio não engana. Da página só se lê o começo,
 * até 512 kB, e só se é HTML.
 *   allow  "ip:porta" que passa mesmo não sendo público; "" ou NULL: nenhum
 * Devolve falso, com o motivo em *why, se não se chegou a uma página.
 */
bool link_page_read(struct arena *a, const char *url, const char *allow,
                    struct link_page *out, const char **why);

/*
 * O cabeçalho de um HTML já buscado.
 *   charset  o do Content-Type, ou NULL: o que o HTML disser
 */
void link_page_parse(struct arena *a, struct slice html, const char *charset,
                     struct link_page *out);

#endif
