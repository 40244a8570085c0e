/* phone_fuzz.c - qualquer texto como telefone; confere a chave. */
#include <string.h>

#include "base/arena.h"
#include "desk/phone.h"
#include "kit.h"

/* A chave só perde o nono dígito, e só de celular brasileiro. */
static void
check_key(const char *digits)
{
    char key[PHONE_MAX + 1], again[PHONE_MAX + 1];
    size_t n = strlen(digits);

    phone_match_key(digits, key);
    phone_match_key(key, again);
    need(strcmp(key, again) == 0);
    if (strcmp(key, digits) == 0)
        return;
    need(n == 13 && strlen(key) == 12);
    need(memcmp(digits, "55", 2) == 0 && phone_is_ddd(digits + 2));
    need(digits[4] == '9' && digits[5] >= '6');
    need(memcmp(key, digits, 4) == 0 && strcmp(key + 4, digits + 5) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(256);
    char digits[PHONE_MAX + 1];

    if (phone_digits(arena_memdup(a, data, size), digits)) {
        need(strlen(digits) >= 5 && strlen(digits) <= PHONE_MAX);
        need(strspn(digits, "0123456789") == strlen(digits));
        check_key(digits);
    } else {
        need(digits[0] == '\0');
    }
    arena_free(a);
    return 0;
}
