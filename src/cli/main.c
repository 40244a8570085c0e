/* main.c - balcao COMANDO: acha o subcomando e lhe entrega o resto. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/keys.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cli/cli.h"

/* clang-format off */
static const struct command commands[] = {
    { "migrate", cmd_migrate, "",
      N_("Aplica as migrações que faltam ao banco."),
      N_("Usa database_owner_url, um arquivo por transação, em ordem, sob uma\n"
         "trava: rodar duas vezes, ou duas ao mesmo tempo, não faz mal. Um\n"
         "arquivo já aplicado que mudou é recusado."), CONF_GOOD },
    { "seed", cmd_seed, N_("demo|small|large|bench"),
      N_("Grava dados de exemplo: a empresa da demonstração ou a da medição."),
      N_("demo   empresa Demo, com canal, filas, pessoas e conversas\n"
         "bench  empresa Bench Ltd: 20 mil contatos, 100 mil tickets e 1\n"
         "       milhão de mensagens, vezes a escala"), CONF_GOOD },
    { "demo-info", cmd_demo_info, "",
      N_("Mostra endereço, login e segredos da demonstração, CHAVE=valor."),
      NULL, CONF_GOOD },
    { "work", cmd_work, "",
      N_("Executa os jobs da fila até receber SIGTERM."), NULL, CONF_GOOD },
    { "relay", cmd_relay, "",
      N_("Leva os avisos ao vivo do banco a quem escuta."), NULL, CONF_GOOD },
    { "routes", cmd_routes, "",
      N_("Junta as rotas de todos os programas de cgi_dir."), NULL, CONF_ANY },
    { "config", cmd_config, N_("check|example"),
      N_("Confere a configuração ou escreve o arquivo de exemplo."),
      NULL, CONF_ANY },
    { "webhook", cmd_webhook, N_("replay"),
      N_("Repete as entregas que não se soube tratar."), NULL, CONF_GOOD },
    { "mail", cmd_mail, N_("test ENDEREÇO"),
      N_("Manda um e-mail de teste pela fila."), NULL, CONF_GOOD },
    { "user", cmd_user, N_("create-admin|reset-password EMAIL|list"),
      N_("Cria quem administra, socorre quem perdeu a senha, lista contas."),
      N_("create-admin    --email e --name; a senha vem da entrada padrão ou do\n"
         "                terminal, e vazia é sorteada e mostrada uma vez\n"
         "reset-password  mostra (ou, com --mail, manda) um link de um uso\n"
         "list            número, e-mail, nome, super, empresas e papéis"),
      CONF_GOOD },
    { "token", cmd_token, N_("create|list|revoke NÚMERO"),
      N_("Cria, lista e revoga tokens de API."),
      N_("create  mostra o segredo uma vez, na saída; --email, --name e --scopes\n"
         "        são obrigatórios, e ninguém dá o que não pode\n"
         "list    número, começo, estado, dono, nome, permissões e prazo\n"
         "revoke  o token para de valer na hora\n"
         "list e revoke usam database_owner_url."), CONF_GOOD },
    { "audit", cmd_audit, N_("export"),
      N_("Escreve a auditoria de uma empresa em CSV."), NULL, CONF_GOOD },
    { "secrets", cmd_secrets, N_("new|check|rotate"),
      N_("Cria um app_secret, ou troca o que está cifrado para o atual."),
      N_("new     escreve um segredo novo para app_secret\n"
         "check   com que segredos está cifrado o que o banco guarda\n"
         "rotate  cifra de novo, com app_secret, o que é de um anterior\n"
         "        (app_secret_previous); interrompido, continua de onde parou.\n"
         "check e rotate usam database_owner_url."), CONF_ANY },
    { "store", cmd_store, N_("check|move|sweep"),
      N_("Onde os arquivos ficam: prova o S3, muda para ele, acha o que sobrou."),
      N_("check  grava, lê, lê um trecho, lista e apaga um objeto de prova\n"
         "move   leva para o S3 o que está na pasta, um arquivo de cada vez, com\n"
         "       tudo no ar; interrompido, continua de onde parou\n"
         "sweep  apaga o que está guardado há mais de um dia e não é de arquivo\n"
         "       nenhum; com --dry-run só diz o que apagaria"),
      CONF_GOOD },
    { "push", cmd_push, N_("keys ARQUIVO"),
      N_("Cria a chave que assina as notificações por push."),
      N_("keys  um par EC P-256, num arquivo que ainda não existe, só de quem\n"
         "      o cria; é o de push_key_file. Trocá-lo acaba com toda inscrição"),
      CONF_ANY },
    { "link-read", cmd_link_read, N_("ENDEREÇO"),
      N_("Lê o título e a descrição de uma página, para a prévia dela."),
      N_("Só alcança endereços públicos. O worker o chama; à mão, diz por que\n"
         "uma prévia não aparece."), CONF_NONE },
    { "cleanup", cmd_cleanup, "",
      N_("Apaga o que venceu e acusa envios esquecidos; para o cron."),
      NULL, CONF_GOOD },
};
/* clang-format on */

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void
print_commands(FILE *out)
{
    size_t i;

    fprintf(out, "%s\n\n", _("Uso: balcao COMANDO [opções]"));
    for (i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, _(commands[i].doc));
    fprintf(out, "\n%s\n", _("balcao COMANDO --help explica cada um."));
}

static const struct command *
find_command(const char *name)
{
    size_t i;

    for (i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* A língua de quem digita: LC_ALL, LC_MESSAGES ou LANG, como no gettext. */
static const char *
terminal_language(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    size_t i;

    for (i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return strncmp(value, "en", 2) == 0 ? "en" : I18N_DEFAULT;
    }
    return I18N_DEFAULT;
}

static bool
wants_help(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* O que a leitura da configuração achou, para quem perguntar depois. */
static FILE *conf_problems;
static bool conf_good;

bool
cli_conf_check(FILE *out)
{
    char line[1024];

    if (conf_problems == NULL)
        return conf_good;
    rewind(conf_problems);
    while (fgets(line, sizeof line, conf_problems) != NULL)
        fputs(line, out);
    return conf_good;
}

static void
say_problem(const char *key, const char *problem)
{
    fprintf(stderr, "%s: %s\n", key, problem);
}

/* O que a configuração diz, e se os segredos dela servem. */
static bool
is_conf_good(void)
{
    static const struct key_report report = { say_problem, say_problem };

    return cli_conf_check(stderr) && keys_check(&report);
}

int
main(int argc, char **argv)
{
    const struct command *cmd = argc > 1 ? find_command(argv[1]) : NULL;
    const char *file =
        cmd != NULL && cmd->conf == CONF_NONE ? "/dev/null" : NULL;

    conf_problems = tmpfile();
    conf_good = conf_load(file, conf_problems != NULL ? conf_problems : stderr);
    log_init("balcao", log_level_parse(conf()->log_level));
    i18n_init(conf()->locale_dir);
    i18n_set(terminal_language());
    if (argc < 2 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_commands(argc < 2 ? stderr : stdout);
        return argc < 2 ? CLI_USAGE : CLI_OK;
    }
    if (cmd == NULL) {
        fprintf(stderr, _("balcao: não existe o comando %s\n\n"), argv[1]);
        print_commands(stderr);
        return CLI_USAGE;
    }
    if (cmd->conf == CONF_GOOD && !wants_help(argc - 1, argv + 1) &&
        !is_conf_good())
        return cli_fail("%s", _("a configuração tem problemas; "
                                "veja `balcao config check`"));
    return cmd->run(cmd, argc - 1, argv + 1);
}
