# bench.mk - as medidas de desempenho. tests/tests.mk o inclui.
#   make bench SIZES="demo large"   as telas em cada tamanho, ao lado do par

SIZES ?=
export SIZES

.PHONY: bench
bench: test-deps  ## mede: pedidos/s ao lado do par, webhook até a tela, 5.000 telas; SIZES="demo large"
	@+$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) node tests/bench/$(if $(SIZES),sizes,bench).mjs
