/* curl_lib.c - dlopen, uma vez por processo. */
#include "media/curl_lib.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/log.h"

#define SONAME "libcurl.so.4"

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
#define F(name) { "curl_" #name, offsetof(struct curl_lib, name) },
    CURL_LIB_FUNCTIONS(F)
#undef F
};

const struct curl_lib *
curl_lib(void)
{
    static struct curl_lib lib;
    static void *handle;
    size_t i;

    if (handle != NULL)
        return &lib;
    handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
    for (i = 0; handle != NULL && i < sizeof functions / sizeof *functions;
         i++) {
        void *found = dlsym(handle, functions[i].name);

        if (found == NULL) {
            dlclose(handle);
            handle = NULL;
        } else {
            memcpy((char *)&lib + functions[i].offset, &found, sizeof found);
        }
    }
    if (handle == NULL)
        log_error("%s: %s", SONAME, dlerror());
    return handle != NULL ? &lib : NULL;
}
