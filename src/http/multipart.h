/*
 * multipart.h - multipart/form-data sobre o corpo que já está na memória:
 * campos e arquivos apontam para dentro dele, nada é copiado nem gravado.
 *
 * É nosso porque nenhuma biblioteca do Debian faz isto sem trazer junto um
 * servidor ou um modelo de objetos: libapreq2 precisa da APR e do Apache,
 * libsoup e GMime do glib. Lê o que navegadores, curl e node mandam e recusa o
 * resto: uma forma só para cada coisa, para que ninguém adiante entenda outra.
 *
 * Recusa: preâmbulo e epílogo, cabeçalho dobrado ou com controles, parte sem
 * nome, Content-Transfer-Encoding que mude os bytes, o separador seguido de
 * outra coisa que CRLF ou "--", mais partes ou cabeçalhos que os tetos.
 * Fonte: RFC 7578; RFC 2046 seção 5.1; WHATWG HTML "multipart form data".
 */
#ifndef BALCAO_HTTP_MULTIPART_H
#define BALCAO_HTTP_MULTIPART_H

#include <stdbool.h>

#include "base/field.h"
#include "base/str.h"

enum {
    MULTIPART_PARTS_MAX = 64,
    MULTIPART_HEADERS_MAX = 4096, /* bytes dos cabeçalhos de uma parte */
    MULTIPART_BOUNDARY_MAX = 70,
    MULTIPART_NAME_MAX = 64,
    MULTIPART_FILENAME_MAX = 255,
};

struct part {
    const char *name;   /* UTF-8, 1..64 bytes */
    bool is_file;       /* trouxe filename, mesmo vazio */
    struct upload file; /* .data vale também para campo comum */
};

struct multipart {
    struct part parts[MULTIPART_PARTS_MAX];
    int count;
};

/*
 * Acha o separador no Content-Type.
 *   boundary  [saída] 1..70 dos caracteres que a RFC 2046 permite
 * Devolve falso se o tipo não é multipart/form-data com um separador só.
 */
bool multipart_boundary(const char *content_type,
                        char boundary[static MULTIPART_BOUNDARY_MAX + 1]);

/*
 * Lê o corpo inteiro.
 *   out     [saída] as partes, na ordem; file.data aponta para o corpo
 * Devolve NULL, ou o que há de errado, em pt-BR e para traduzir com _().
 * Memória: nomes na arena; os dados são do corpo.
 */
const char *multipart_read(struct arena *a, const char *content_type,
                           struct slice body, struct multipart *out);

/* A primeira parte com este nome, ou NULL. */
const struct part *multipart_find(const struct multipart *m, const char *name);

/*
 * Só o nome do arquivo: sem pastas (de Unix e de Windows), sem controles, até
 * 255 bytes sem cortar caractere; "", "." e ".." viram "".
 */
const char *multipart_basename(struct arena *a, const char *name);

#endif
