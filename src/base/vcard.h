/*
 * vcard.h - lê e escreve vCards: 3.0 (RFC 2426), 4.0 (RFC 6350), e o 2.1 que
 * telefones antigos ainda exportam. Só o que serve a uma agenda: nome,
 * telefones, e-mails e empresa; o resto se pula. Lê da memória, um cartão por
 * vez, sem recursão.
 */
#ifndef BALCAO_VCARD_H
#define BALCAO_VCARD_H

#include "base/str.h"

enum {
    VCARD_VALUES_MAX = 10,   /* telefones, ou e-mails, de um cartão */
    VCARD_LINE_MAX = 1048576 /* bytes de uma linha desdobrada: cabe uma foto */
};

enum vcard_status {
    VCARD_CARD,
    VCARD_END,
    VCARD_OPEN,     /* o cartão começado na linha não acaba */
    VCARD_OUTSIDE,  /* texto fora de um cartão */
    VCARD_TOO_LONG, /* linha maior que VCARD_LINE_MAX */
};

struct vcard {
    int line;                 /* a do BEGIN, de 1 */
    const char *name;         /* FN, ou N na ordem em que se fala; "" */
    const char *organization; /* "" se não há */
    const char *phones[VCARD_VALUES_MAX], *emails[VCARD_VALUES_MAX];
    int phone_count, email_count; /* o preferido na frente */
};

struct vcard_reader {
    const char *at, *end;
    int line; /* a próxima, de 1; no erro, a do erro */
};

/* Diz se o texto começa como um vCard. */
bool vcard_is(struct slice text);

/* Começa a ler; pula a marca de UTF-8. O texto precisa viver enquanto se lê. */
void vcard_open(struct vcard_reader *r, struct slice text);

/*
 * O próximo cartão.
 *   out  [saída] textos na arena, sem escapes; quebras viram espaço
 * Fonte: RFC 6350 seções 3.2 a 3.4 e 6; RFC 2426; RFC 2045 seção 6.7 (2.1).
 */
enum vcard_status
vcard_next(struct vcard_reader *r, struct arena *a, struct vcard *out);

/*
 * Uma linha de vCard: nome, dois-pontos e o valor escapado, dobrada em 75
 * bytes sem partir um caractere. NULL ou "" não escreve nada.
 */
void vcard_put(struct str *s, const char *name, const char *value);

#endif
