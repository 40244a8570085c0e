/*
 * header.h - os pedaços de um cabeçalho de e-mail que vêm de fora: nada que
 * passe por aqui consegue abrir outra linha de cabeçalho.
 */
#ifndef BALCAO_MAIL_HEADER_H
#define BALCAO_MAIL_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct mailbox {
    const char *name; /* "" se não há */
    const char *address;
};

/*
 * Diz se é um endereço que cabe num envelope sem SMTPUTF8 e sem aspas.
 * Fonte:  RFC 5321 seção 4.1.2 (Dot-string, Domain) e 4.5.3.1.
 */
bool mail_address_valid(const char *address);

/*
 * Lê "Nome <a@b>", "\"Nome\" <a@b>" ou "a@b". Falso se não é um desses ou tem
 * caractere de controle.
 */
bool mail_parse_mailbox(struct arena *a, const char *text, struct mailbox *out);

/* O domínio, para o log: a parte antes da arroba é da pessoa. */
const char *mail_domain(const char *address);

/*
 * Texto livre (assunto): ASCII fica, o resto vira palavras codificadas
 * dobradas em linhas; controle vira espaço.
 * Fonte:  RFC 2047 seções 2 e 5.
 */
const char *mail_header_text(struct arena *a, const char *text);

/* "Nome <endereço>", o nome entre aspas ou codificado; RFC 5322 seção 3.4. */
const char *mail_header_mailbox(struct arena *a, const struct mailbox *box);

/* A data em UTC, ex. "Sat, 21 Nov 2026 05:52:49 +0000"; RFC 5322 seção 3.3. */
const char *mail_header_date(struct arena *a, int64_t at_s);

#endif
