/*
 * desk.c - rotas das ferramentas da mesa: filas, etiquetas, quadro, campos,
 * respostas, macros, agendadas, pesquisa de satisfação e modelos dos canais.
 */
#include "app/app.h"

#define APP_NAME "desk"

extern const struct route board_routes[];
extern const struct route channels_routes[];
extern const struct route csat_routes[];
extern const struct route fields_routes[];
extern const struct route macros_routes[];
extern const struct route queues_routes[];
extern const struct route replies_routes[];
extern const struct route scheduled_routes[];
extern const struct route tags_routes[];

APP_MAIN_OF(board_routes, channels_routes, csat_routes, fields_routes,
            macros_routes, queues_routes, replies_routes, scheduled_routes,
            tags_routes)
