/* mail_internal.h - o que mail.c lacra e send.c abre; ninguém mais inclui. */
#ifndef BALCAO_MAIL_INTERNAL_H
#define BALCAO_MAIL_INTERNAL_H

#define MAIL_KIND "mail.send"
#define MAIL_BOX "mail" /* contexto do lacre */

#endif
