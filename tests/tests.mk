# tests.mk - os testes. O Makefile de cima o inclui.

T ?=
C_TESTS = $(foreach t,$(UNIT) $(API),$(if $(findstring x$(T),x$(patsubst %_test,%,$(notdir $(t)))),$(t)))

NODE_TESTS = $(wildcard tests/standins/*.test.mjs tests/api/*.test.mjs \
	tests/live/*.test.mjs tests/fronts/*.test.mjs tests/fault/*.test.mjs)
E2E_TESTS = $(wildcard tests/e2e/*.test.mjs)

# Outro make depois de deps: este leu o pkg-config antes de ele existir.
.PHONY: test test-deps test-all test-node test-c test-asan
test: test-deps  ## tudo: instala o que falta, compila e roda cada teste em pilhas descartáveis
	@+$(MAKE) --no-print-directory all
	@+$(MAKE) --no-print-directory test-all

test-deps:
	@conf/stack/deps.sh build run test apache

test-all:
	@+$(ASAN_MAKE) --no-print-directory test-c fuzz-once
	@+$(MAKE) --no-print-directory test-node

# Os de navegador esperam mais do que trabalham: dois de cada vez.
test-node: all  ## testes em node: substitutos, ao vivo, frentes, falhas e navegador
	@failed=0; \
	BUILD=$(BUILD) node --test --test-concurrency=1 $(NODE_TESTS) || failed=1; \
	BUILD=$(BUILD) node --test --test-concurrency=2 $(E2E_TESTS) || failed=1; \
	exit $$failed

# Com todos os testes, cada resposta documentada tem de ter acontecido.
SEEN = $(BUILD)/tests/seen
test-c: programs $(LOCALES) $(C_TESTS)  ## testes de unidade e de rotas em C; T=nome escolhe
	@rm -f $(SEEN)*
	$(if $(T),,TEST_SEEN=$(SEEN)) tests/run-c.sh $(BUILD) $(C_TESTS)
	@$(if $(T),,cat $(SEEN).* >$(SEEN) && node tests/api/seen.mjs $(OPENAPI) $(SEEN))

SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
ASAN_MAKE = $(MAKE) BUILD=build-asan OPT='-O1 -g -U_FORTIFY_SOURCE $(SAN)' \
	HARDEN='-fPIE' LINK_HARDEN='-pie $(SAN)'
test-asan:  ## os mesmos, sob ASan e UBSan
	+$(ASAN_MAKE) test-c

.PHONY: attack
attack:  ## ataca uma pilha descartável com a sqlmap (minutos); ROUTES= escolhe
	@conf/stack/deps.sh build run test attack
	@+$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) node tests/attack/attack.mjs

.PHONY: lint format
lint: programs i18n-check templates-check  ## avisos como erros, formato, camadas, tamanhos, SQL e textos
	@conf/stack/deps.sh lint
	@tests/lint.sh $(BUILD)

format:  ## põe todo C no formato do projeto
	clang-format -i $$(git ls-files 'src/*.[ch]' 'cgi-bin/*.c' 'tests/*.[ch]')

include tests/fuzz/fuzz.mk
include tests/fronts/fronts.mk
include tests/bench/bench.mk
