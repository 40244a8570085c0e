# fronts.mk - a mesma API atrás de cada servidor web. tests.mk o inclui.
#   make test-fronts FRONTS="nginx apache-cgi"

.PHONY: test-fronts
test-fronts: all  ## API, páginas, entrada ruim e ao vivo em cada frente; FRONTS escolhe
	BUILD=$(BUILD) node --test --test-concurrency=1 tests/fronts/
