# routes.mk - o que as tabelas de rotas dizem de si: cada programa imprime o
# seu mapa e o seu trecho do OpenAPI, e os trechos viram um documento só.

ROUTE_MAPS := $(HANDLERS:$(BUILD)/cgi-bin/%.fcgi=$(BUILD)/routes/%.json)
OPENAPI_PARTS := $(HANDLERS:$(BUILD)/cgi-bin/%.fcgi=$(BUILD)/openapi/%.json)
# Ao lado dos programas, onde cgi_dir aponta: system.fcgi o serve.
OPENAPI := $(BUILD)/cgi-bin/openapi.json

$(ROUTE_MAPS): $(BUILD)/routes/%.json: $(BUILD)/cgi-bin/%.fcgi
	@mkdir -p $(@D)
	@$< --routes > $@.new && mv $@.new $@

$(OPENAPI_PARTS): $(BUILD)/openapi/%.json: $(BUILD)/cgi-bin/%.fcgi
	@mkdir -p $(@D)
	@$< --openapi > $@.new && mv $@.new $@

$(OPENAPI): $(OPENAPI_PARTS) src/tools/openapi_join.mjs src/base/version.h \
    src/base/errors.def
	node src/tools/openapi_join.mjs $@ $(OPENAPI_PARTS)

programs: $(OPENAPI) $(ROUTE_MAPS)

.PHONY: openapi
openapi: $(OPENAPI)  ## faz o openapi.json de todas as tabelas de rotas
