/*
 * permission.h - papéis e permissões, de permissions.def. Uma rota diz a
 * permissão que exige; a pessoa chega com a máscara das que tem.
 */
#ifndef BALCAO_PERMISSION_H
#define BALCAO_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Papéis, do maior para o menor; combinam-se em máscara na matriz. */
enum role {
    ROLE_NONE = 0,
    ROLE_SUPER = 1 << 0,
    ROLE_ADMIN = 1 << 1,
    ROLE_SUPERVISOR = 1 << 2,
    ROLE_OPERATOR = 1 << 3,
};

#define ROLE_ANY (ROLE_SUPER | ROLE_ADMIN | ROLE_SUPERVISOR | ROLE_OPERATOR)

/* Zero é "ninguém disse": só rota pública pode ficar assim. */
enum permission {
    PERM_NONE = 0,
#define PERM(name, slug, roles, doc) PERM_##name,
#include "base/permissions.def"
#undef PERM
    PERM_COUNT
};

#define PERM_BIT(p) (UINT64_C(1) << (p))

struct permission_info {
    const char *slug; /* estável: vai em token, banco e API */
    unsigned roles;   /* enum role em máscara: quem a tem de casa */
    const char *doc;  /* msgid do gettext */
};

/* Dados de uma permissão; NONE e valores de fora dão slug "none", sem papel. */
const struct permission_info *permission_info(enum permission p);

/* Todos os códigos, na ordem da matriz, cada um seguido de espaço. */
extern const char permission_words[];

/* Permissão pelo código; PERM_NONE se desconhecida. */
enum permission permission_parse(const char *slug);

/* Máscara do que o papel da casa pode; 0 para ROLE_NONE. */
uint64_t permissions_of(enum role role);

/*
 * O que `wanted` tem e `held` não. O que é cuidar de si não conta: todos o têm,
 * menos um token de API, e dá-lo a alguém não é dar nada.
 */
uint64_t permissions_beyond(uint64_t wanted, uint64_t held);

/*
 * Os códigos da máscara separados por espaço, na ordem da matriz.
 * Memória: da arena; "" se a máscara é vazia.
 */
const char *permission_slugs(struct arena *a, uint64_t mask);

/*
 * Lê códigos separados por espaço (RFC 8693 §4.2, claim scope).
 *   mask  [saída] os conhecidos
 * Devolve falso se algum é desconhecido; mask fica com os demais.
 */
bool permissions_parse(const char *slugs, uint64_t *mask);

/* Nome do papel como vai no JSON; "none" para nenhum. */
const char *role_name(enum role role);

/* Nome do papel para a pessoa, msgid do gettext. */
const char *role_title(enum role role);

/* Papel pelo nome; "user" vale operator; ROLE_NONE se desconhecido. */
enum role role_parse(const char *name);

#endif
