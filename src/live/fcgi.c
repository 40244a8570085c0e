/* fcgi.c - registros e pares do FastCGI. */
#include "live/fcgi.h"

#include <string.h>

long
fcgi_record_read(const uint8_t *data, size_t n, struct fcgi_record *out)
{
    size_t whole;

    if (n > 0 && data[0] != 1)
        return -1;
    if (n < FCGI_HEADER_BYTES)
        return 0;
    out->type = data[1];
    out->request_id = (uint16_t)(data[2] << 8 | data[3]);
    out->len = (size_t)(data[4] << 8 | data[5]);
    out->data = data + FCGI_HEADER_BYTES;
    whole = FCGI_HEADER_BYTES + out->len + data[6];
    return n < whole ? 0 : (long)whole;
}

/* Um tamanho: 1 byte, ou 4 com o bit alto ligado. */
static size_t
read_length(const uint8_t *data, size_t n, size_t *length)
{
    if (n == 0)
        return 0;
    if (data[0] < 128) {
        *length = data[0];
        return 1;
    }
    if (n < 4)
        return 0;
    *length = (size_t)(data[0] & 127) << 24 | (size_t)data[1] << 16 |
              (size_t)data[2] << 8 | data[3];
    return 4;
}

long
fcgi_pair_read(const uint8_t *data, size_t n, struct slice *name,
               struct slice *value)
{
    size_t at, step;

    if (n == 0)
        return 0;
    at = read_length(data, n, &name->len);
    if (at == 0)
        return -1;
    step = read_length(data + at, n - at, &value->len);
    at += step;
    if (step == 0 || name->len > n - at || value->len > n - at - name->len)
        return -1;
    name->data = (const char *)data + at;
    value->data = name->data + name->len;
    return (long)(at + name->len + value->len);
}

void
fcgi_header_write(uint8_t out[static FCGI_HEADER_BYTES], enum fcgi_type type,
                  uint16_t request_id, size_t len)
{
    out[0] = 1;
    out[1] = (uint8_t)type;
    out[2] = (uint8_t)(request_id >> 8);
    out[3] = (uint8_t)request_id;
    out[4] = (uint8_t)(len >> 8);
    out[5] = (uint8_t)len;
    out[6] = 0;
    out[7] = 0;
}

void
fcgi_end_write(uint8_t out[static FCGI_END_BYTES], uint16_t request_id)
{
    memset(out, 0, FCGI_END_BYTES);
    fcgi_header_write(out, FCGI_STDOUT, request_id, 0);
    fcgi_header_write(out + FCGI_HEADER_BYTES, FCGI_END, request_id, 8);
}
