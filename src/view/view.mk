# view.mk - línguas e modelos de página. O Makefile de cima o inclui depois de
# definir BUILD, CC e CFLAGS, e acrescenta $(LOCALES) ao que constrói.

JSONC_CFLAGS ?= $(shell pkg-config --cflags json-c)
JSONC_LIBS ?= $(shell pkg-config --libs json-c)

VIEW_SRC := $(wildcard src/view/*.c) src/base/i18n.c src/base/arena.c \
	src/base/str.c
VIEW_HDR := $(wildcard src/view/*.h) src/base/i18n.h src/base/arena.h \
	src/base/str.h
VIEW_CC = $(CC) -std=c17 -D_GNU_SOURCE -Isrc $(CFLAGS) $(JSONC_CFLAGS)

# ---- línguas ----

PO := $(wildcard templates/locale/*.po)
LOCALES := $(PO:templates/locale/%.po=$(BUILD)/locale/%/LC_MESSAGES/balcao.mo)

# Onde há texto para traduzir, sempre dentro de _() ou N_().
I18N_SRC = $(sort $(wildcard src/*/*.[ch] src/*/*.def cgi-bin/*/*.[ch] \
	cgi-bin/*/*/*.[ch]))
I18N_WORDS ?= --keyword --keyword=_ --keyword=N_ --keyword=i18n_text \
	--keyword=i18n_plural:1,2

$(BUILD)/locale/%/LC_MESSAGES/balcao.mo: templates/locale/%.po
	@mkdir -p $(@D)
	msgfmt -c -o $@ $<

.PHONY: locales i18n-extract i18n-update i18n-check templates-check
locales: $(LOCALES)

$(BUILD)/bin/tmpl: src/tools/tmpl.c $(VIEW_SRC) $(VIEW_HDR)
	@mkdir -p $(@D)
	$(VIEW_CC) -o $@ src/tools/tmpl.c $(VIEW_SRC) $(LDFLAGS) $(JSONC_LIBS)

i18n-extract: $(BUILD)/bin/tmpl
	@mkdir -p $(BUILD)/locale
	@xgettext -L C --from-code=UTF-8 --add-comments=TRADUTOR: --no-wrap \
	    --sort-by-file --force-po --package-name=balcao $(I18N_WORDS) \
	    -o $(BUILD)/locale/c.pot $(I18N_SRC)
	@sed -i 's/charset=CHARSET/charset=UTF-8/' $(BUILD)/locale/c.pot
	@$(BUILD)/bin/tmpl texts templates > $(BUILD)/locale/all.pot
	@msguniq --force-po --no-wrap -o $(BUILD)/locale/t.pot $(BUILD)/locale/all.pot
	@msgcat --use-first --no-wrap -o $(BUILD)/locale/balcao.pot \
	    $(BUILD)/locale/c.pot $(BUILD)/locale/t.pot

i18n-update: i18n-extract  ## põe nos catálogos os textos novos
	@for po in $(PO); do msgmerge -q -U --backup=none --no-fuzzy-matching \
	    --add-location=file --no-wrap $$po $(BUILD)/locale/balcao.pot || \
	    exit 1; done

i18n-check: i18n-extract  ## confere que todo texto tem tradução
	@for po in $(PO); do msgfmt -c -o /dev/null $$po && \
	    msgcmp $$po $(BUILD)/locale/balcao.pot && \
	    awk -f src/tools/po_placeholders.awk $$po || exit 1; done

templates-check: $(BUILD)/bin/tmpl  ## compila todos os modelos de página
	@$(BUILD)/bin/tmpl check templates
