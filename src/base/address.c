/* address.c - as faixas que não são da internet de todos. */
#include "base/address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range {
    uint32_t base;
    unsigned bits;
};

#define V4(a, b, c, bits) \
    { \
        (uint32_t)(a) << 24 | (b) << 16 | (c) << 8, bits \
    }

static const struct range reserved[] = {
    V4(0, 0, 0, 8),      V4(10, 0, 0, 8),     V4(100, 64, 0, 10),
    V4(127, 0, 0, 8),    V4(169, 254, 0, 16), V4(172, 16, 0, 12),
    V4(192, 0, 0, 24),   V4(192, 0, 2, 24),   V4(192, 88, 99, 24),
    V4(192, 168, 0, 16), V4(198, 18, 0, 15),  V4(198, 51, 100, 24),
    V4(203, 0, 113, 24), V4(224, 0, 0, 3), /* de 224 ao fim */
};

static bool
v4_is_public(uint32_t at)
{
    size_t i;

    for (i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if ((at ^ reserved[i].base) >> (32 - reserved[i].bits) == 0)
            return false;
    return true;
}

/* Só 2000::/3 se anuncia; dela saem documentação e túneis que levam IPv4. */
static bool
v6_is_public(const unsigned char *b)
{
    if ((b[0] & 0xe0) != 0x20)
        return false;
    if (b[0] == 0x20 && b[1] == 0x02)
        return false; /* 6to4 */
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 2)
        return false; /* 2001::/23: Teredo, ORCHID e outros */
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8)
        return false;
    return !(b[0] == 0x3f && b[1] == 0xff && (b[2] & 0xf0) == 0);
}

bool
address_is_public(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return v4_is_public(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
        uint32_t inner;

        memcpy(&inner, v6.sin6_addr.s6_addr + 12, sizeof inner);
        return v4_is_public(ntohl(inner));
    }
    return v6_is_public(v6.sin6_addr.s6_addr);
}
