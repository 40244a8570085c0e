/* err.h - enum err, gerado de errors.def; OK é 0. */
#ifndef BALCAO_ERR_H
#define BALCAO_ERR_H

enum err {
    OK = 0,
#define ERR(name, status, slug, title) ERR_##name,
#include "base/errors.def"
#undef ERR
    ERR_COUNT
};

struct err_info {
    int status;        /* código HTTP */
    const char *slug;  /* estável, em inglês */
    const char *title; /* msgid do gettext */
};

/* Dados fixos de um erro; OK e valores fora da lista dão os de INTERNAL. */
const struct err_info *err_info(enum err e);

#endif
