#!/bin/sh
# draw-icons.sh - desenha de novo os ícones do aplicativo instalado, a partir
# dos SVG: os PNG ficam guardados, para que construir não peça o ffmpeg (nem a
# librsvg dele). Rode quando um dos SVG mudar.
set -eu
cd "$(dirname "$0")/static"

draw() { # SVG LADO PNG
    ffmpeg -v error -y -width "$2" -height "$2" -i "$1" -frames:v 1 \
        -pix_fmt rgba -compression_level 9 "app/$3"
}

draw favicon.svg 192 icon-192.png
draw favicon.svg 512 icon-512.png
draw app/maskable.svg 512 maskable-512.png
