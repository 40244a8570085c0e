/*
 * main.c - roda um alvo de fuzz como teste comum: cada argumento é um arquivo
 * do corpus. Serve a qualquer tests/fuzz/NOME_fuzz.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"

/* Cópia do tamanho exato, para o ASan ver leitura além do fim. */
static int
run_file(const char *path)
{
    static uint8_t buffer[1 << 20];
    FILE *f = fopen(path, "rb");
    uint8_t *data;
    size_t n;

    if (f == NULL) {
        perror(path);
        return 1;
    }
    n = fread(buffer, 1, sizeof buffer, f);
    fclose(f);
    data = malloc(n > 0 ? n : 1);
    if (data == NULL)
        return 1;
    memcpy(data, buffer, n);
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    return 0;
}

int
main(int argc, char **argv)
{
    int i, bad = 0;

    LLVMFuzzerInitialize(&argc, &argv);
    for (i = 1; i < argc; i++)
        bad += run_file(argv[i]);
    printf("%d arquivos, %d ilegíveis\n", argc - 1, bad);
    return bad > 0;
}
