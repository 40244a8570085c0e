/* version.h - a versão, num lugar só: OpenAPI, métricas e comando. */
#ifndef BALCAO_VERSION_H
#define BALCAO_VERSION_H

#define BALCAO_VERSION "0.1.0"

#endif
