/*
 * sign_in_http.h - os cookies de quem entra, comuns à API e às páginas: o do
 * aparelho e o da sessão do navegador.
 */
#ifndef BALCAO_SIGN_IN_HTTP_H
#define BALCAO_SIGN_IN_HTTP_H

#include "auth/login.h"
#include "http/route.h"

/* O cookie do aparelho que veio, ou NULL; quem confere é device.h. */
const char *device_cookie(struct req *r);

/* Manda o cookie do aparelho, por mais um ano. */
void device_cookie_send(struct req *r, const char *value);

/*
 * Abre a sessão do navegador com um cookie novo; a anterior dele, se havia,
 * acaba: um cookie plantado antes do login não vale depois.
 */
enum err browser_session_open(struct req *r, const struct auth_user *user);

#endif
