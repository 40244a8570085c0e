/* auth_kit.h - o que os testes de src/auth dividem: segredo, arena, contexto.
 */
#ifndef BALCAO_AUTH_KIT_H
#define BALCAO_AUTH_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* o nosso é o de base/ctx.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/token_keys.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/i18n.h"
#include "base/str.h"

#define SECRET_A \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET_B \
    "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

#define TEST(name) static void name(void **state)

static struct ctx kit;

/* A configuração não muda no programa; só o teste a toca por dentro. */
static inline struct conf *
kit_conf(void)
{
    token_keys_forget();
    keys_forget();
    return (struct conf *)(uintptr_t)conf();
}

static inline void
kit_secret(const char *hex)
{
    kit_conf()->app_secret = hex;
}

/* Os segredos anteriores, como app_secret_previous. */
static inline void
kit_previous(const char *list)
{
    kit_conf()->app_secret_previous = list;
}

static inline int
kit_up(void **state)
{
    (void)state;
    kit_conf()->bcrypt_cost = 10;
    kit_secret(SECRET_A);
    kit = (struct ctx){ .arena = arena_new(4096) };
    return 0;
}

static inline int
kit_down(void **state)
{
    (void)state;
    arena_free(kit.arena);
    token_keys_forget();
    keys_forget();
    return 0;
}

static inline struct slice
text_slice(const char *text)
{
    return (struct slice){ text, strlen(text) };
}

#endif
