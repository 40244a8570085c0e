/*
 * accounts.c - rotas de quem usa o sistema: a própria conta, pessoas, empresas,
 * chaves, auditoria, privacidade e a senha de um fluxo ao vivo.
 */
#include "app/app.h"

#define APP_NAME "accounts"

extern const struct route me_routes[];
extern const struct route push_routes[];
extern const struct route users_routes[];
extern const struct route companies_routes[];
extern const struct route tokens_routes[];
extern const struct route audit_routes[];
extern const struct route privacy_routes[];
extern const struct route stream_token_routes[];

APP_MAIN_OF(me_routes, push_routes, users_routes, companies_routes,
            tokens_routes, audit_routes, privacy_routes, stream_token_routes)
