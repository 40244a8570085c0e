/*
 * desk_pages.c - páginas das ferramentas da mesa: filas, etiquetas, quadro,
 * campos, respostas, macros, agendadas, filtros guardados e pesquisa de
 * satisfação.
 */
#include "app/app.h"

#define APP_NAME "desk_pages"

extern const struct route board_pages[];
extern const struct route csat_pages[];
extern const struct route fields_pages[];
extern const struct route macros_pages[];
extern const struct route queues_pages[];
extern const struct route replies_pages[];
extern const struct route reply_file_routes[];
extern const struct route scheduled_pages[];
extern const struct route tags_pages[];
extern const struct route views_pages[];

APP_MAIN_OF(board_pages, csat_pages, fields_pages, macros_pages, queues_pages,
            replies_pages, reply_file_routes, scheduled_pages, tags_pages,
            views_pages)
