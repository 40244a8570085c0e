# Makefile - build, testes e atalhos. `make help` lista tudo.
SHELL := /bin/bash
.DEFAULT_GOAL := all

BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
OPT ?= -O2 -g
PKGS := libpq json-c libjwt libcurl hiredis libcrypto liboath libqrencode \
	libzip gdlib libwebp xlsxwriter libxml-2.0
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	-fPIE -D_FORTIFY_SOURCE=2
LINK_HARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack
CFLAGS += -std=c17 -D_GNU_SOURCE -Wall -Wextra $(WERROR) $(OPT) $(HARDEN) \
	-ffunction-sections -fdata-sections -Isrc -I$(BUILD) \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDFLAGS += $(LINK_HARDEN) -Wl,--as-needed -Wl,--gc-sections
LDLIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lfcgi -lcrypt -lcrack \
	-lmagic -lm

MODULES := base http db cache auth live jobs mail media account desk channel view app
SQL := $(wildcard sql/queries/*.sql)
GEN := $(SQL:sql/queries/%.sql=$(BUILD)/gen/q_%.c)
GEN_H := $(GEN:.c=.h)
LIB_SRC := $(foreach m,$(MODULES),$(wildcard src/$(m)/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o) \
	$(GEN:$(BUILD)/gen/%.c=$(BUILD)/obj/gen/%.o)
LIB := $(BUILD)/libbalcao.a
HANDLER_SRC := $(wildcard cgi-bin/*/*.c)
HANDLERS := $(foreach h,$(HANDLER_SRC),$(BUILD)/cgi-bin/$(basename $(notdir $(h))).fcgi)
CLI_SRC := $(wildcard src/cli/*.c)
CLI := $(BUILD)/bin/balcao
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*_test.c))
API := $(patsubst tests/api/%.c,$(BUILD)/tests/api/%,$(wildcard tests/api/*_test.c))
HARNESS_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out %_test.c,$(wildcard tests/api/*.c)))

.PHONY: all programs help clean
all: programs  ## compila tudo: handlers, comando, páginas, traduções e mapas
programs: $(HANDLERS) $(CLI) no-strays  ## só os programas em C

# Um programa que mudou de nome não fica na pasta que os servidores percorrem.
STRAYS = $(filter-out $(HANDLERS) $(ROUTE_MAPS) $(OPENAPI_PARTS),$(wildcard \
	$(BUILD)/cgi-bin/*.fcgi $(BUILD)/routes/*.json $(BUILD)/openapi/*.json))
.PHONY: no-strays
no-strays:
	@$(if $(STRAYS),rm -f $(STRAYS))

include src/view/view.mk
include src/app/routes.mk
-include templates/static.mk
-include conf/stack/stack.mk
-include tests/tests.mk

all: $(LOCALES)

$(BUILD)/bin/sqlgen: src/tools/sqlgen.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -D_GNU_SOURCE -Wall -Wextra -O1 -o $@ $<

$(BUILD)/gen/q_%.c $(BUILD)/gen/q_%.h &: sql/queries/%.sql $(BUILD)/bin/sqlgen
	@mkdir -p $(@D)
	$(BUILD)/bin/sqlgen $< $(BUILD)/gen/q_$*.h $(BUILD)/gen/q_$*.c

# Sem isto o make apaga no fim os .h gerados e os .o de teste, intermediários,
# e a vez seguinte compila quase tudo de novo.
.SECONDARY:

# Os nomes de todas as consultas, para o teste que as prepara.
$(BUILD)/gen/query_list.h: $(SQL)
	@mkdir -p $(@D)
	sed -nE 's/^-- query: ([a-z0-9_]+) .*/QUERY(\1)/p' $(SQL) > $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c | $(GEN_H) $(BUILD)/gen/query_list.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

# Família grande: cgi-bin/api/x.c e as tabelas de cgi-bin/api/x/*.c, um
# programa só (os caminhos de uma família não se dividem entre programas).
define HANDLER_RULE
$(BUILD)/cgi-bin/$(basename $(notdir $(1))).fcgi: $(BUILD)/obj/$(1:.c=.o) \
    $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1:.c=)/*.c)) $(LIB)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach h,$(HANDLER_SRC),$(eval $(call HANDLER_RULE,$(h))))

$(CLI): $(CLI_SRC:%.c=$(BUILD)/obj/%.o) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(HARNESS_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

clean:  ## apaga o que o build fez
	rm -rf $(BUILD)

help:  ## mostra esta lista
	@grep -hE '^[a-z][a-z0-9-]*:.*##' $(MAKEFILE_LIST) | \
	  sed -E 's/:[^#]*## */\t/' | sort | awk -F'\t' '{ printf "%-18s %s\n", $$1, $$2 }'
