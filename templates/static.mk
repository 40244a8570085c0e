# static.mk - o que o navegador recebe: CSS, JS, ícones, fonte e Swagger UI.

STATIC_DIR := templates
STATIC_SRC := $(wildcard templates/static/* templates/static/*/*) \
	$(wildcard templates/*.mustache templates/*/*.mustache) \
	src/app/settings_pages.def
STATIC_MANIFEST := $(BUILD)/static/manifest.json

all: $(STATIC_MANIFEST)

$(STATIC_DIR)/node_modules/.package-lock.json: $(STATIC_DIR)/package-lock.json
	cd $(STATIC_DIR) && npm ci --ignore-scripts --no-audit --no-fund
	@sha256sum <$< >$(@D)/.balcao-lock  # deps.sh sabe que já está feito
	@touch $@

$(STATIC_MANIFEST): $(STATIC_DIR)/build.mjs $(STATIC_SRC) \
    $(STATIC_DIR)/node_modules/.package-lock.json
	node $(STATIC_DIR)/build.mjs $(abspath $(BUILD))/static

.PHONY: static
static: $(STATIC_MANIFEST)  ## faz build/static (CSS, JS, ícones, Swagger UI)
