/*
 * curl_lib.h - a libcurl, carregada só quando um processo fala com o S3. Ligada
 * ao programa ela custaria a cada um que começa (em CGI, a cada requisição)
 * dezenas de milissegundos e 7 MB, com store = disk também.
 */
#ifndef BALCAO_MEDIA_CURL_LIB_H
#define BALCAO_MEDIA_CURL_LIB_H

#include <curl/curl.h>
/* os cabeçalhos dela os fazem macros, que conferem tipos */
#undef curl_easy_setopt
#undef curl_easy_getinfo

/* Função, sem o "curl_" da frente. */
#define CURL_LIB_FUNCTIONS(F) \
    F(global_init) \
    F(global_cleanup) \
    F(easy_init) \
    F(easy_cleanup) \
    F(easy_setopt) \
    F(easy_getinfo) \
    F(easy_pause) \
    F(easy_header) \
    F(easy_strerror) \
    F(multi_init) \
    F(multi_cleanup) \
    F(multi_add_handle) \
    F(multi_remove_handle) \
    F(multi_perform) \
    F(multi_info_read) \
    F(multi_poll) \
    F(slist_append) \
    F(slist_free_all)

struct curl_lib {
#define F(name) __typeof__(curl_##name) *name;
    CURL_LIB_FUNCTIONS(F)
#undef F
};

/* As funções dela, ou NULL se não está nesta máquina (o motivo vai ao log). */
const struct curl_lib *curl_lib(void);

#endif
