/* login_kit.h - a segunda etapa e a caixa de saída, para os testes de login. */
#ifndef BALCAO_TEST_LOGIN_KIT_H
#define BALCAO_TEST_LOGIN_KIT_H

#include <json-c/json.h>
#include <stdint.h>

/* Liga a segunda etapa da pessoa; os códigos de agora saem de totp_code. */
void totp_on(int64_t person);

/* O aplicativo passa a ter este segredo, escrito em base32. */
void totp_use(const char *base32);

/* O código do aplicativo, `steps` passos à frente (0: agora). */
const char *totp_code(int steps);

/* Um código de recuperação da pessoa, por usar. */
const char *recovery_code(int64_t person);

/* Diz que há servidor de saída; sem isto nenhum e-mail é enfileirado. */
void mail_on(void);

/* E-mails à espera com este modelo. */
int64_t mails(const char *template_name);

/* O último deles: {to, template, lang, model}; NULL se não há. */
struct json_object *last_mail(const char *template_name);

/* Um texto do modelo do último e-mail. */
const char *mail_text(const char *template_name, const char *key);

/* O valor de um cookie mandado na resposta ("" se não foi). */
struct answer;
const char *set_cookie(const struct answer *a, const char *name);

#endif
