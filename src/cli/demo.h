/* demo.h - o que `seed demo` grava e `demo-info` mostra. */
#ifndef BALCAO_CLI_DEMO_H
#define BALCAO_CLI_DEMO_H

#include "base/ctx.h"
#include "channel/channel_box.h"

#define DEMO_ADMIN "admin@demo.balcao"
#define DEMO_AGENT "agent@demo.balcao"
#define DEMO_PASSWORD "balcao-demo"
#define DEMO_PHONE_NUMBER_ID "100200300400500"
#define DEMO_WABA_ID "900800700600500"

struct demo {
    int64_t company_id, channel_id;
    const char *channel_key, *phone_number_id, *display_phone;
    struct channel_secrets secrets;
    bool found;  /* a empresa existe */
    bool opened; /* e os segredos abrem com este app_secret */
};

/* Acha a demonstração no banco de quem possui as tabelas. */
enum err demo_find(struct ctx *c, struct demo *out);

/* Sorteia segredos novos para o canal e os grava cifrados. */
enum err demo_new_secrets(struct ctx *c, struct demo *d);

/* Grava a demonstração, ou só confere que ela está lá. */
int seed_demo(void);

/* Quanto se semeia numa empresa de medição. */
struct seed_size {
    int64_t contacts, tickets, messages;
};

/*
 * Grava a empresa Bench Ltd deste tamanho, se ainda não há uma. Os 20 % de
 * tickets abertos precisam caber nos contatos: tickets <= 5 * contacts.
 */
int seed_bench(const struct seed_size *size);

#endif
