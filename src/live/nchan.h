/*
 * nchan.h - no nginx com nchan, quem segura os sockets é o nginx: o hub só
 * confere, repete o passado e publica. Cada conjunto de salas em uso é um
 * canal ("s.…") e, para o hub, um assinante como outro qualquer; cada conexão
 * tem um canal seu ("k.…"), com o começo dela. Em toda dúvida a conexão fica
 * no laço próprio, que cumpre o mesmo contrato.
 *
 * Publicação que falha pode ter se perdido: esquecem-se os conjuntos e, assim
 * que o nginx atende, todos são derrubados (DELETE /beat); eles voltam com
 * Last-Event-ID e recebem o que faltou.
 */
#ifndef BALCAO_LIVE_NCHAN_H
#define BALCAO_LIVE_NCHAN_H

#include "live/client.h"

/* Prepara; sem socket na configuração, nada disto acontece. */
void nchan_open(const char *socket_path);

/* Fecha e esquece todos; quem está com o nginx continua lá. */
void nchan_close(void);

/* O nginx está pronto para receber conexões? */
bool nchan_is_up(void);

/* Configurado, mas ainda não: vale tentar de segundo em segundo. */
bool nchan_is_waiting(void);

/*
 * O cliente alcançou o presente com a resposta toda na fila: passa-o ao
 * nginx. A resposta sai quando o canal dele estiver escrito; se falhar, ele
 * segue no laço próprio.
 */
void nchan_adopt(struct client *c);

/* O cliente se foi antes da resposta. */
void nchan_forget(struct client *c);

/* Um evento para um conjunto (callback do hub, quando s->is_set). */
void nchan_deliver(struct sub *s, struct event *e);

/* O acesso de alguém do conjunto mudou: todos dele voltam. */
void nchan_recheck(struct sub *s);

/* Os ids recomeçaram: todos voltam. */
void nchan_restart(void);

/* Fim da volta: manda o que ela juntou, trata falhas. */
void nchan_settle(void);

/* A cada tick do laço. */
void nchan_tick(int64_t now_us);

/* O descritor do nginx está pronto. */
void nchan_ready(void);

/* Descritor a vigiar e quantas vezes já abriu, como na fonte. */
int nchan_fd(void);
unsigned nchan_opens(void);
bool nchan_wants_write(void);

/* Quantas conexões o nginx segura por nós, ao que se sabe. */
size_t nchan_count(void);

/* Quantos conjuntos contam como assinantes do hub. */
size_t nchan_set_count(void);

#endif
