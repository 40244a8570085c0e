/*
 * i18n.h - a língua da requisição em curso, sobre gettext. O msgid é o texto
 * em pt-BR; as outras línguas vêm de LOCALE_DIR/LÍNGUA/LC_MESSAGES/balcao.mo.
 * Não depende das línguas instaladas no sistema; números seguem a língua C.
 */
#ifndef BALCAO_I18N_H
#define BALCAO_I18N_H

#include <stdbool.h>

/* Traduz na hora; N_ só marca o texto para a extração. */
#define _(text) i18n_text(text)
#define N_(text) text

/* A língua dos msgid: nunca falta, e é a de quem não pede outra. */
#define I18N_DEFAULT "pt-BR"

/*
 * Prepara o gettext; uma vez por processo, antes de qualquer outra chamada.
 *   locale_dir  onde estão os catálogos; pode não existir (tudo em pt-BR)
 * Devolve falso se o sistema não tiver nem C.UTF-8: aí só há pt-BR.
 * Efeito:   chama setlocale; muda LANGUAGE no ambiente do processo.
 */
bool i18n_init(const char *locale_dir);

/*
 * Troca a língua do processo; barato quando é a mesma.
 *   lang  o que i18n_pick devolveu; outro valor (ou NULL) vale pt-BR
 */
void i18n_set(const char *lang);

/* A língua em uso, como em <html lang>: "pt-BR" ou "en". */
const char *i18n_lang(void);

/*
 * Escolhe a língua de uma requisição.
 *   choice  escolha da pessoa (conta ou cookie), ex. "en"; NULL se não há
 *   accept  cabeçalho Accept-Language; NULL se não veio
 * Devolve um texto estático; nunca NULL. O que não se entende é ignorado.
 * Fonte:  RFC 9110 seção 12.5.4; RFC 4647 seção 3.4.
 */
const char *i18n_pick(const char *choice, const char *accept);

/* As línguas que existem, terminadas em NULL; a primeira é a padrão. */
const char *const *i18n_languages(void);

/*
 * O texto na língua em uso, ou o próprio msgid.
 * Memória: vale até o fim do processo. O texto vazio devolve vazio.
 */
const char *i18n_text(const char *msgid) __attribute__((format_arg(1)));

/* A forma certa para n, ex. i18n_plural("%d ticket", "%d tickets", n). */
const char *i18n_plural(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

#endif
