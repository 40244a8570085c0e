/*
 * routes.c - balcao routes: pergunta a cada programa de cgi_dir o que ele
 * atende e junta as respostas. As tabelas vivem nos programas; aqui não há
 * lista nenhuma.
 */
#include <errno.h>
#include <glob.h>
#include <json-c/json.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/route_map.h"
#include "base/str.h"

static void
put_json(void *o)
{
    json_object_put(o);
}

/* Roda `PROGRAMA ARGUMENTO` e devolve o que ele escreveu; NULL se falhou. */
static const char *
ask(struct arena *a, const char *program, const char *argument)
{
    char *const argv[] = { (char *)(uintptr_t)program,
                           (char *)(uintptr_t)argument, NULL };
    posix_spawn_file_actions_t actions;
    char block[8192];
    struct str out;
    int ends[2], status, failed;
    ssize_t n;
    pid_t pid;

    if (pipe(ends) != 0)
        return NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    failed = posix_spawn(&pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    str_init(&out, a, sizeof block);
    str_add(&out, "", 0);
    while (failed == 0 && ((n = read(ends[0], block, sizeof block)) > 0 ||
                           (n < 0 && errno == EINTR)))
        if (n > 0)
            str_add(&out, block, (size_t)n);
    close(ends[0]);
    if (failed != 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return NULL;
    return out.data;
}

struct joined {
    struct arena *arena;
    const char *argument;     /* --routes ou --openapi */
    struct json_object *list; /* uma resposta por programa */
};

static int
ask_one(struct joined *j, const char *program)
{
    const char *text = ask(j->arena, program, j->argument);
    struct json_object *o = text == NULL ? NULL : json_tokener_parse(text);

    if (o == NULL)
        return cli_fail(_("%s %s: não respondeu como devia"), program,
                        j->argument);
    json_object_array_add(j->list, o);
    return CLI_OK;
}

static int
ask_all(struct joined *j)
{
    glob_t files;
    size_t i;
    int rc = CLI_OK;

    j->list = json_object_new_array();
    arena_defer(j->arena, put_json, j->list);
    if (glob(arena_printf(j->arena, "%s/*.fcgi", conf()->cgi_dir), 0, NULL,
             &files) != 0)
        return cli_fail(_("%s: nenhum programa aqui; veja cgi_dir"),
                        conf()->cgi_dir);
    for (i = 0; i < files.gl_pathc && rc == CLI_OK; i++)
        rc = ask_one(j, files.gl_pathv[i]);
    globfree(&files);
    return rc;
}

/* {"/caminho": {...}} de cada programa num objeto só. */
static void
print_paths(struct arena *a, struct json_object *list)
{
    struct json_object *all = json_object_new_object();
    size_t i;

    arena_defer(a, put_json, all);
    for (i = 0; i < json_object_array_length(list); i++) {
        json_object_object_foreach (json_object_array_get_idx(list, i), path,
                                    value)
            json_object_object_add(all, path, json_object_get(value));
    }
    puts(json_object_to_json_string_ext(
        all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}

int
cmd_routes(const struct command *self, int argc, char **argv)
{
    bool json = false, nginx = false, apache = false, openapi = false;
    bool fcgid = false, htaccess = false;
    enum map_form form;
    const char *run = "@RUN@";
    const struct cli_option options[] = {
        { CLI_FLAG, "json", &json, NULL, N_("tudo que as tabelas dizem"), 0,
          0 },
        { CLI_FLAG, "nginx", &nginx, NULL,
          N_("o mapa de caminhos para um server do nginx"), 0, 0 },
        { CLI_FLAG, "apache", &apache, NULL,
          N_("o mapa de caminhos para mod_proxy_fcgi"), 0, 0 },
        { CLI_FLAG, "fcgid", &fcgid, NULL,
          N_("o mapa de caminhos para mod_fcgid ou CGI"), 0, 0 },
        { CLI_FLAG, "htaccess", &htaccess, NULL,
          N_("o mapa de caminhos para um .htaccess"), 0, 0 },
        { CLI_FLAG, "openapi", &openapi, NULL,
          N_("o trecho paths do OpenAPI 3.1"), 0, 0 },
        { CLI_TEXT, "run", &run, N_("PASTA"),
          N_("onde estão os soquetes (ou os programas), para os mapas"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    struct joined j = { .arena = arena_new(16384) };
    int rc;

    if (cli_parse(self, argc, argv, options) != argc ||
        json + nginx + apache + fcgid + htaccess + openapi > 1) {
        arena_free(j.arena);
        return cli_usage(self, "%s", _("peça uma forma de cada vez"));
    }
    form = nginx      ? MAP_NGINX
           : apache   ? MAP_APACHE
           : fcgid    ? MAP_FCGID
           : htaccess ? MAP_HTACCESS
                      : MAP_NONE;
    j.argument = openapi ? "--openapi" : "--routes";
    rc = ask_all(&j);
    if (rc == CLI_OK && openapi)
        print_paths(j.arena, j.list);
    else if (rc == CLI_OK && json)
        puts(json_object_to_json_string_ext(
            j.list, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    else if (rc == CLI_OK && form != MAP_NONE)
        rc = route_map_print(j.arena, j.list, form, run);
    else if (rc == CLI_OK)
        route_table_print(j.list);
    arena_free(j.arena);
    return rc;
}
