/* tool.c - linhas de comando e o que elas respondem. */
#include "media/tool.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"

#define FORMATS \
    "matroska,webm,mov,mp4,3gp,ogg,aac,amr,mp3,wav," \
    "image2,jpeg_pipe,png_pipe,webp_pipe,gif_pipe,gif,mjpeg"
#define VOICE_RATE "24k"
#define ARGS_MAX 40

/* O que vem antes da entrada, no ffmpeg e no ffprobe. */
#define GUARDED \
    "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", \
        FORMATS

bool
media_tool_ready(void)
{
    return conf()->ffmpeg[0] != '\0' && access(conf()->ffmpeg, X_OK) == 0;
}

/* "file:" à frente: um caminho nunca é opção nem outro protocolo. */
static const char *
file_url(struct arena *a, const char *path)
{
    return arena_printf(a, "file:%s", path);
}

static const char *const *
keep(struct arena *a, const char *const *list)
{
    const char **out = arena_alloc(a, ARGS_MAX * sizeof *out);
    int i;

    for (i = 0; i < ARGS_MAX - 1 && list[i] != NULL; i++)
        out[i] = list[i];
    return out;
}

const char *const *
media_voice_argv(struct arena *a, const char *from, const char *to)
{
    const char *const list[] = { conf()->ffmpeg,
                                 "-nostdin",
                                 "-hide_banner",
                                 "-nostats",
                                 "-progress",
                                 "pipe:1",
                                 GUARDED,
                                 "-threads",
                                 "1",
                                 "-i",
                                 file_url(a, from),
                                 "-map",
                                 "0:a:0",
                                 "-vn",
                                 "-sn",
                                 "-dn",
                                 "-map_metadata",
                                 "-1",
                                 "-ac",
                                 "1",
                                 "-ar",
                                 "48000",
                                 "-c:a",
                                 "libopus",
                                 "-b:a",
                                 VOICE_RATE,
                                 "-application",
                                 "voip",
                                 "-f",
                                 "ogg",
                                 "-y",
                                 file_url(a, to),
                                 NULL };

    return keep(a, list);
}

/* O ffprobe mora ao lado do ffmpeg. */
static const char *
probe_path(struct arena *a)
{
    const char *tool = conf()->ffmpeg, *slash = strrchr(tool, '/');

    return arena_printf(a, "%.*sffprobe",
                        slash != NULL ? (int)(slash - tool + 1) : 0, tool);
}

const char *const *
media_probe_argv(struct arena *a, const char *from)
{
    const char *const list[] = {
        probe_path(a),
        GUARDED,
        "-show_entries",
        "stream=codec_type,width,height:stream_side_data=rotation:"
        "format=duration",
        "-of",
        "json",
        file_url(a, from),
        NULL
    };

    return keep(a, list);
}

/* Endireita antes de reduzir: EXIF 2.3 seção 4.6.4, campo 0x0112. */
static const char *
turned(int orientation)
{
    static const char *const turns[] = { "",
                                         "",
                                         "hflip,",
                                         "hflip,vflip,",
                                         "vflip,",
                                         "transpose=0,",
                                         "transpose=1,",
                                         "transpose=3,",
                                         "transpose=2," };

    return orientation >= 1 && orientation <= 8 ? turns[orientation] : "";
}

const char *const *
media_preview_argv(struct arena *a, const char *from, const char *to,
                   int orientation)
{
    const char *filter = arena_printf(a,
                                      "%sscale=w='min(iw,%d)':h='min(ih,%d)':"
                                      "force_original_aspect_ratio=decrease",
                                      turned(orientation), MEDIA_PREVIEW_SIDE,
                                      MEDIA_PREVIEW_SIDE);
    const char *const list[] = { conf()->ffmpeg,
                                 "-nostdin",
                                 "-hide_banner",
                                 GUARDED,
                                 "-threads",
                                 "1",
                                 "-autorotate",
                                 orientation > 0 ? "0" : "1",
                                 "-i",
                                 file_url(a, from),
                                 "-map",
                                 "0:v:0",
                                 "-frames:v",
                                 "1",
                                 "-an",
                                 "-sn",
                                 "-dn",
                                 "-map_metadata",
                                 "-1",
                                 "-vf",
                                 filter,
                                 "-c:v",
                                 "libwebp",
                                 "-quality",
                                 "75",
                                 "-f",
                                 "webp",
                                 "-y",
                                 file_url(a, to),
                                 NULL };

    return keep(a, list);
}

int64_t
media_voice_ms(struct arena *a, struct slice out)
{
    static const char key[] = "out_time_us=";
    const char *at = arena_memdup(a, out.data, out.len);
    int64_t us = 0;

    /* a última linha vale: é a do fim */
    while ((at = strstr(at, key)) != NULL) {
        at += sizeof key - 1;
        us = strtoll(at, NULL, 10);
    }
    return us > 0 ? us / 1000 : 0;
}

static int64_t
member(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    return json_object_object_get_ex(o, key, &v) ? json_object_get_int64(v) : 0;
}

/* Verdadeiro se o vídeo se mostra deitado em relação ao que está gravado. */
static bool
is_turned(struct json_object *stream)
{
    struct json_object *list = NULL;
    size_t i;

    json_object_object_get_ex(stream, "side_data_list", &list);
    for (i = 0; json_object_is_type(list, json_type_array) &&
                i < json_object_array_length(list);
         i++)
        if (member(json_object_array_get_idx(list, i), "rotation") % 180 != 0)
            return true;
    return false;
}

static void
read_stream(struct json_object *stream, struct media_facts *facts)
{
    int64_t width = member(stream, "width"), height = member(stream, "height");
    bool turn = is_turned(stream);

    if (width <= 0 || height <= 0 || facts->width > 0)
        return;
    facts->width = turn ? height : width;
    facts->height = turn ? width : height;
}

void
media_facts_read(struct slice out, struct media_facts *facts)
{
    struct json_tokener *t = json_tokener_new();
    struct json_object *o, *list = NULL, *format = NULL, *v = NULL;
    size_t i;

    *facts = (struct media_facts){ 0 };
    o = json_tokener_parse_ex(t, out.data, (int)out.len);
    json_tokener_free(t);
    json_object_object_get_ex(o, "streams", &list);
    for (i = 0; json_object_is_type(list, json_type_array) &&
                i < json_object_array_length(list);
         i++)
        read_stream(json_object_array_get_idx(list, i), facts);
    json_object_object_get_ex(o, "format", &format);
    if (json_object_object_get_ex(format, "duration", &v))
        facts->duration_ms = (int64_t)(json_object_get_double(v) * 1000);
    if (facts->duration_ms < 0)
        facts->duration_ms = 0;
    json_object_put(o);
}
