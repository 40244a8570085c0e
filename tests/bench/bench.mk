# bench.mk - as medidas de desempenho. tests/tests.mk o inclui.

.PHONY: bench
bench: test-deps  ## mede: pedidos/s ao lado do par, webhook até a tela, 5.000 telas, memória
	@+$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) node tests/bench/bench.mjs
