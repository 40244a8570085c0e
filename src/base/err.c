/* err.c - a tabela que errors.def gera. */
#include "base/err.h"

#define N_(text) text

static const struct err_info infos[ERR_COUNT] = {
#define ERR(name, status, slug, title) [ERR_##name] = { status, slug, title },
#include "base/errors.def"
#undef ERR
};

const struct err_info *
err_info(enum err e)
{
    if (e <= OK || e >= ERR_COUNT)
        e = ERR_INTERNAL;
    return &infos[e];
}
