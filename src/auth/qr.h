/*
 * qr.h - um texto como código QR: o desenho para a página (que escreve o svg
 * no template) ou o SVG inteiro para a API. Sem estilo embutido nem script: a
 * CSP não deixaria.
 */
#ifndef BALCAO_QR_H
#define BALCAO_QR_H

#include "base/ctx.h"

struct qr {
    unsigned side;    /* lado em módulos, já com a margem branca de 4 */
    const char *path; /* o atributo d de um só <path>, em módulos */
};

/*
 * Desenha o texto em QR, correção M.
 *   text  1 a 1000 bytes
 * Na página: <svg viewBox="0 0 {{side}} {{side}}"><path d="{{path}}"/></svg>
 * Erros:   ERR_INTERNAL se o texto não couber num código.
 * Memória: path é da arena.
 * Fonte:   ISO/IEC 18004 (a margem de 4 módulos, seção 9.1).
 */
enum err qr_draw(struct ctx *c, const char *text, struct qr *out);

/*
 * O mesmo como um <svg> completo, com role="img" e título, fundo branco e
 * módulos pretos (também sobre página escura).
 *   title  o que um leitor de tela diz; é escapado
 * Memória: o texto é da arena.
 */
enum err
qr_svg(struct ctx *c, const char *text, const char *title, const char **svg);

#endif
