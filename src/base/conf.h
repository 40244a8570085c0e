/*
 * conf.h - a configuração do processo, lida uma vez. A lista vive em
 * conf.def; aqui só estão a estrutura e quem a lê.
 */
#ifndef BALCAO_CONF_H
#define BALCAO_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct conf {
#define CONF_TEXT(name, value, min, max, doc) const char *name;
#define CONF_INT(name, value, min, max, doc) int64_t name;
#define CONF_BOOL(name, value, doc) bool name;
#include "base/conf.def"
#undef CONF_TEXT
#undef CONF_INT
#undef CONF_BOOL
};

/*
 * Lê o arquivo (NULL: o de BALCAO_CONF; sem ele, /etc/balcao/balcao.conf se
 * existir) e o ambiente. Cada problema vira uma linha em `errors`.
 * Devolve verdadeiro se não houve problema nenhum.
 * Memória: os textos vivem enquanto o processo viver.
 */
bool conf_load(const char *path, FILE *errors);

/* A configuração lida; antes de conf_load são os padrões. */
const struct conf *conf(void);

/* Escreve o arquivo de exemplo, com texto, padrão e limites de cada chave. */
void conf_print_example(FILE *out);

#endif
