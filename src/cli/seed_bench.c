/* seed_bench.c */
#include "cli/demo.h"
int seed_bench(double scale) { return scale > 0; }
