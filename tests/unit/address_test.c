/* address_test.c - que endereços um pedido de prévia pode alcançar. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define TEST(name) static void name(void **state)
#define RUN(name) cmocka_unit_test(name)

static bool
is_public(const char *text)
{
    struct sockaddr_storage s = { 0 };
    struct sockaddr_in *v4 = (struct sockaddr_in *)&s;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s;

    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        s.ss_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
        s.ss_family = AF_INET6;
    }
    return address_is_public((const struct sockaddr *)&s);
}

TEST(addresses_of_the_internet_pass)
{
    static const char *const good[] = {
        "8.8.8.8",      "1.1.1.1",         "172.15.255.255",
        "172.32.0.0",   "100.63.255.255",  "100.128.0.0",
        "169.253.1.1",  "192.0.1.1",       "223.255.255.255",
        "198.20.0.1",   "11.0.0.1",        "2606:4700::1111",
        "2a00:1450::1", "2001:4860::8888", "2001:200::1",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (!is_public(good[i]))
            fail_msg("%s devia passar", good[i]);
}

TEST(special_addresses_do_not)
{
    static const char *const bad[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "5f00::1",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (is_public(bad[i]))
            fail_msg("%s passou", bad[i]);
}

TEST(other_families_do_not)
{
    struct sockaddr s = { .sa_family = AF_UNIX };

    (void)state;
    assert_false(address_is_public(&s));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(addresses_of_the_internet_pass),
        RUN(special_addresses_do_not),
        RUN(other_families_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
