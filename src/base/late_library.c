/* late_library.c - dlopen e os símbolos dela. */
#include "base/late_library.h"

#include <dlfcn.h>

bool
late_library(const char *file, const struct late_symbol *symbols, size_t count)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    size_t i;

    if (library == NULL)
        return false;
    for (i = 0; i < count; i++) {
        void *found = dlsym(library, symbols[i].name);

        if (found == NULL)
            return false;
        *(void **)symbols[i].at = found;
    }
    return true;
}
