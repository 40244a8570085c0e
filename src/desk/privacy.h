/*
 * privacy.h - dados pessoais (LGPD): o que se guarda de uma pessoa ou de um
 * contato, num ZIP, e o fim deles. Apagar tira o que identifica e o que foi
 * dito; linhas, espécies, horas e contagens ficam. Não conhece HTTP.
 */
#ifndef BALCAO_PRIVACY_H
#define BALCAO_PRIVACY_H

#include <stdint.h>

#include "base/ctx.h"
#include "jobs/worker.h"

/*
 * Junta num ZIP tudo o que se guarda de uma pessoa: a do contexto, de todas
 * as empresas; outra, só o que esta empresa guarda. Fica na auditoria.
 *   fd  [saída] o ZIP, já sem nome no disco; a arena o fecha
 * Erros: ERR_NOT_FOUND (não é daqui); ERR_FORBIDDEN (pode mais que quem
 *        pede); ERR_UNAVAILABLE sem disco.
 */
enum err privacy_export_person(struct ctx *c, int64_t id, int *fd);

/* O mesmo, de um contato. Erros: ERR_NOT_FOUND; ERR_UNAVAILABLE. */
enum err privacy_export_contact(struct ctx *c, int64_t id, int *fd);

/*
 * O mesmo, de uma empresa inteira, tabela a tabela; ao ficar pronto vale como
 * a exportação que se pede antes de apagá-la (company_export_done).
 * Erros: ERR_NOT_FOUND (não é desta pessoa); ERR_UNAVAILABLE.
 */
enum err privacy_export_company(struct ctx *c, int64_t id, int *fd);

/*
 * Apaga um contato, sem volta: nome, identidades e o começo das mensagens já;
 * o resto pelo job privacy.erase, aos pedaços. Encerra os atendimentos
 * abertos e avisa contact:updated.
 *   confirm  o nome do contato, letra por letra
 * Erros: ERR_NOT_FOUND; ERR_INVALID em `confirm`; ERR_CONFLICT se já foi.
 */
enum err privacy_erase_contact(struct ctx *c, int64_t id, const char *confirm);

/*
 * Apaga alguém da empresa; se não trabalha em outra, a conta também. O que
 * escreveu fica, sem nome.
 *   confirm  o e-mail da pessoa
 * Erros: ERR_NOT_FOUND; ERR_FORBIDDEN (pode mais que quem pede);
 *        ERR_INVALID em `confirm`; ERR_CONFLICT (a si, da plataforma, última
 *        administradora).
 */
enum err privacy_erase_person(struct ctx *c, int64_t id, const char *confirm);

/*
 * Apaga a própria conta, de todas as empresas.
 * Erros: os de own_password_prove em `password`; ERR_CONFLICT.
 */
enum err privacy_erase_self(struct ctx *c, const char *password);

/* A espécie de job "privacy.erase". */
extern const struct job_kind privacy_erase_kind;

#endif
