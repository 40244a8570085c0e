# tests.mk - os testes. O Makefile de cima o inclui.

T ?=
C_TESTS = $(foreach t,$(UNIT) $(API),$(if $(findstring x$(T),x$(patsubst %_test,%,$(notdir $(t)))),$(t)))

.PHONY: test-c test-asan
test-c: programs $(LOCALES) $(C_TESTS)  ## testes de unidade e de rotas em C; T=nome escolhe
	tests/run-c.sh $(BUILD) $(C_TESTS)

SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
test-asan:  ## os mesmos, sob ASan e UBSan
	$(MAKE) BUILD=build-asan OPT='-O1 -g -U_FORTIFY_SOURCE $(SAN)' \
	    HARDEN='-fPIE' LINK_HARDEN='-pie $(SAN)' test-c

.PHONY: lint format
lint: programs i18n-check templates-check  ## avisos como erros, formato, camadas, tamanhos, SQL e textos
	tests/lint.sh $(BUILD)

format:  ## põe todo C no formato do projeto
	clang-format -i $$(git ls-files 'src/*.[ch]' 'cgi-bin/*.c' 'tests/*.[ch]')

include tests/fuzz/fuzz.mk
