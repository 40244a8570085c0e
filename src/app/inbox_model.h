/*
 * inbox_model.h - o que as páginas da caixa de entrada mostram, a partir das
 * linhas do domínio: a lista, a conversa e as mensagens. Consulta e monta o
 * modelo; as regras ficam no domínio.
 */
#ifndef BALCAO_INBOX_MODEL_H
#define BALCAO_INBOX_MODEL_H

#include <stdbool.h>

#include "desk/ticket.h"
#include "desk/ticket_view.h"
#include "gen/q_inbox.h"
#include "http/route.h"

struct json_object;

enum { INBOX_ROWS = 30, INBOX_ROWS_MAX = 210 };

/* A lista que se pede. */
struct inbox_list {
    const char *status;          /* aba; desconhecida vira a que convém */
    const char *cursor;          /* o da página anterior; ou NULL */
    struct ticket_choice choice; /* filtros e ordem; o estado é o de status */
    bool picking;                /* caixas para escolher muitas */
    int64_t rows;                /* 1..INBOX_ROWS_MAX */
    int64_t open;                /* conversa aberta ao lado; 0: nenhuma */
    /* o que se pode escolher, depois de lido: inbox_options */
    struct q_ticket_filter_options_row *options;
    int option_count;
};

/*
 * Põe no modelo abas, linhas e continuação; acerta in->status.
 * Erros: os do banco.
 */
enum err
inbox_add_list(struct req *r, struct json_object *m, struct inbox_list *in);

/*
 * Filas, pessoas, etiquetas e canais que um filtro pode pedir; lê uma vez só.
 * Erros: os do banco.
 */
enum err
inbox_options(struct req *r, struct inbox_list *in,
              const struct q_ticket_filter_options_row **rows, int *count);

/* Põe no modelo, em "filters", o que se pode escolher. Erros: os do banco. */
enum err
inbox_add_filters(struct req *r, struct json_object *m, struct inbox_list *in);

/*
 * Põe no modelo, em "views", os filtros guardados que a pessoa vê, com quantos
 * atendimentos cada um traz a ela; o escolhido na lista vem marcado.
 * Erros: os do banco.
 */
enum err inbox_add_views(struct req *r, struct json_object *m,
                         const struct inbox_list *in);

/* Põe no modelo count e hint: quantas conversas o filtro traz; -1: nada. */
void inbox_view_count(struct req *r, struct json_object *m, int64_t tickets);

/* O endereço da lista que um filtro guardado abre. Da arena. */
const char *inbox_view_href(struct arena *a, const struct ticket_choice *f);

/*
 * Põe no modelo, em "bulk", o que se pode fazer com as conversas escolhidas.
 * Erros: os do banco.
 */
enum err
inbox_add_bulk(struct req *r, struct json_object *m, struct inbox_list *in);

/* bot, pending, active e closed são abas; NULL não é. */
bool inbox_is_tab(const char *status);

/* As salas que a pessoa ouve, como em ?rooms=. */
const char *inbox_rooms(struct req *r);

/* Um agendamento como se digitou no painel. */
struct schedule_typed {
    const char *body, *due_at, *repeat;
};

/* A conversa que se pede, e o que a página mostra além dela. */
struct inbox_talk {
    int64_t id;
    int64_t before;     /* só as anteriores a esta; 0: até o fim */
    int64_t after;      /* só as posteriores a esta; 0: sem limite */
    const char *ids;    /* também estas, "1,2,3"; ou NULL */
    bool only_messages; /* pedaço ao vivo: mais mensagens, sem caixa */
    bool show_panel;    /* em tela estreita, o painel vem à frente */
    bool is_seen;       /* a pessoa está vendo: se é dela, fica lida */
    const char *tab;    /* aba de onde veio; ou NULL */
    struct ticket_choice choice; /* filtros da lista ao lado */
    int64_t reply_to;            /* mensagem a citar; 0: nenhuma */
    int64_t insert;              /* resposta rápida a pôr na caixa; 0: não */
    const char *notice, *error;  /* por que não deu: no alto, na caixa */
    const char *typed;           /* texto que volta para a caixa */
    bool is_note;                /* o texto da caixa era uma anotação */
    const char *caption;         /* a do arquivo que não foi */
    const struct schedule_typed *schedule; /* o que se recusou agendar */
};

/*
 * Põe no modelo o ticket, as mensagens e a caixa de resposta.
 * Erros: ERR_NOT_FOUND (não existe, ou a pessoa não o vê), os do banco.
 */
enum err inbox_add_talk(struct req *r, struct json_object *m,
                        const struct inbox_talk *in);

/* Nome da prioridade para a pessoa. */
const char *inbox_priority_text(const char *priority);

/* Nome do estado para a pessoa; também é o nome da aba. */
const char *inbox_status_text(const char *status);

/*
 * Uma linha da lista; o endereço da conversa leva a aba e os filtros.
 *   query  os filtros como ticket_choice_query os escreve
 */
struct json_object *inbox_row(struct req *r, const struct q_ticket_row *t,
                              const struct inbox_list *in, const char *query);

/*
 * Põe em cada linha da lista, em "labels", as etiquetas do atendimento: uma
 * consulta para a página toda, nenhuma se ninguém tem etiqueta.
 *   models  as linhas que inbox_row fez, na ordem de `rows`
 * Erros: os do banco.
 */
enum err inbox_add_tags(struct req *r, struct json_object *models,
                        const struct q_ticket_row *rows, int count);

/* O ticket aberto: quem é, estado e o que se pode fazer com ele. */
struct json_object *inbox_ticket(struct req *r, const struct q_ticket_row *t);

/*
 * Põe no modelo o painel ao lado da conversa: contato, etiquetas, mensagens
 * agendadas, outros atendimentos e as últimas mudanças.
 *   in  a conversa que se mostra; dela só o agendamento recusado
 * Erros: os do banco.
 */
enum err
inbox_add_panel(struct req *r, struct json_object *m,
                const struct q_ticket_row *t, const struct inbox_talk *in);

/* As mensagens em ordem, com separadores de dia. */
struct json_object *inbox_messages(struct req *r, const struct q_ticket_row *t,
                                   const struct q_bubble_row *rows, int count);

/* Um exemplo de cada sinal de entrega, para o navegador copiar. */
struct json_object *inbox_tick_samples(void);

/* O que mostrar de uma mensagem numa linha: o texto ou a espécie dela. */
const char *inbox_excerpt(const char *kind, const char *body);

/* "+55 11 98765-4321"; números de outros países só ganham o '+'. */
const char *inbox_phone(struct arena *a, const char *digits);

/*
 * Para os arquivos de cgi-bin/web/inbox/, que inbox.c define.
 *   draw_list  a página inteira com a lista pedida; as caixas de escolher só
 *            para quem pode mudar muitas
 *   changed  depois de mudar: o navegador vai para a conversa; o htmx a recebe
 *   moved    o mesmo, para quem pode ter deixado de a ver: aí volta à lista
 *   again    a recusa mostra a conversa de novo, com o motivo e o que se
 *            digitou; o que não é recusa de quem pediu volta como veio
 */
enum err inbox_draw_list(struct req *r, struct inbox_list *list);
enum err inbox_show_changed(struct req *r, const struct inbox_talk *talk);
enum err inbox_show_moved(struct req *r, int64_t id);
enum err inbox_show_again(struct req *r, enum err e, struct inbox_talk *talk);

#endif
