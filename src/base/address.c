/* address.c - as faixas de uso especial, recusadas uma a uma. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range4 {
    uint32_t base;
    int bits;
};

#define V4(a, b, c, d) \
    (((uint32_t)(a) << 24) | ((uint32_t)(b) << 16) | ((c) << 8) | (d))

static const struct range4 special4[] = {
    { V4(0, 0, 0, 0), 8 },      { V4(10, 0, 0, 0), 8 },
    { V4(100, 64, 0, 0), 10 },  { V4(127, 0, 0, 0), 8 },
    { V4(169, 254, 0, 0), 16 }, { V4(172, 16, 0, 0), 12 },
    { V4(192, 0, 0, 0), 24 },   { V4(192, 0, 2, 0), 24 },
    { V4(192, 88, 99, 0), 24 }, { V4(192, 168, 0, 0), 16 },
    { V4(198, 18, 0, 0), 15 },  { V4(198, 51, 100, 0), 24 },
    { V4(203, 0, 113, 0), 24 }, { V4(224, 0, 0, 0), 4 },
    { V4(240, 0, 0, 0), 4 },
};

/* Dentro de 2000::/3, que é o que se atende: protocolos, Teredo, documentação,
 * 6to4. */
static const struct {
    uint8_t base[4];
    int bits;
} special6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 23 },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
    { { 0x20, 0x02, 0x00, 0x00 }, 16 },
    { { 0x3f, 0xff, 0x00, 0x00 }, 20 },
};

static bool
is_public4(uint32_t address)
{
    size_t i;

    for (i = 0; i < sizeof special4 / sizeof *special4; i++)
        if ((address ^ special4[i].base) >> (32 - special4[i].bits) == 0)
            return false;
    return true;
}

static uint32_t
first_32(const uint8_t *at)
{
    return V4(at[0], at[1], at[2], at[3]);
}

static bool
is_public6(const uint8_t *address)
{
    size_t i;

    if ((address[0] & 0xe0) != 0x20)
        return false;
    for (i = 0; i < sizeof special6 / sizeof *special6; i++)
        if ((first_32(address) ^ first_32(special6[i].base)) >>
                (32 - special6[i].bits) ==
            0)
            return false;
    return true;
}

bool
address_is_public(const struct sockaddr *to)
{
    if (to->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, to, sizeof v4);
        return is_public4(ntohl(v4.sin_addr.s_addr));
    }
    if (to->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, to, sizeof v6);
        return is_public6(v6.sin6_addr.s6_addr);
    }
    return false;
}
