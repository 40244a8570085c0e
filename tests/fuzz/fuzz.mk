# fuzz.mk - os alvos de fuzz: com libFuzzer, e como teste comum sobre o corpus.
# tests/tests.mk o inclui. Um alvo é um tests/fuzz/NOME_fuzz.c com a pasta
# tests/fuzz/corpus/NOME; NOME.dict, se existe, vai junto.

FUZZ := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_KIT := $(BUILD)/obj/tests/fuzz/kit.o
F ?=
S ?= 60

.PHONY: fuzz fuzz-corpus fuzz-once
.SECONDARY: $(FUZZ:%=$(BUILD)/obj/tests/fuzz/%_fuzz.o) $(FUZZ_KIT) \
	$(BUILD)/obj/tests/fuzz/main.o $(GEN_H)

# Sem libFuzzer, sob o ASan do gcc: cada arquivo passa uma vez pelo alvo dele.
fuzz-corpus:  ## passa o corpus de cada alvo de fuzz, como teste
	@+$(ASAN_MAKE) --no-print-directory fuzz-once

fuzz-once: $(FUZZ:%=$(BUILD)/fuzz/%_once)
	@set -e; for f in $(FUZZ); do printf 'fuzz %s: ' $$f; \
	    $(BUILD)/fuzz/$${f}_once tests/fuzz/corpus/$$f/*; done

$(BUILD)/fuzz/%_once: $(BUILD)/obj/tests/fuzz/%_fuzz.o \
    $(BUILD)/obj/tests/fuzz/main.o $(FUZZ_KIT) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Com libFuzzer, que é do clang; a biblioteca inteira vai com a cobertura.
FUZZ_MAKE = $(MAKE) BUILD=build-fuzz CC=clang HARDEN=-fPIE LINK_HARDEN= \
	OPT='-O1 -g -fsanitize=fuzzer-no-link $(SAN)'

fuzz:  ## procura falhas: F=nome S=60, ou T=60 para todos, um de cada vez
	@conf/stack/deps.sh lint
	@+$(FUZZ_MAKE) --no-print-directory \
	    $(patsubst %,build-fuzz/fuzz/%_loop,$(or $(F),$(FUZZ)))
	@set -e; for f in $(or $(F),$(FUZZ)); do \
	    echo "== fuzz $$f: $(or $(T),$(S)) s"; \
	    mkdir -p build-fuzz/corpus/$$f; \
	    dict=$$(ls tests/fuzz/$$f.dict 2>/dev/null || :); \
	    build-fuzz/fuzz/$${f}_loop -max_total_time=$(or $(T),$(S)) \
	        -max_len=8192 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
	        -print_final_stats=1 $${dict:+-dict=$$dict} \
	        -artifact_prefix=build-fuzz/$$f- \
	        build-fuzz/corpus/$$f tests/fuzz/corpus/$$f; done

$(BUILD)/fuzz/%_loop: $(BUILD)/obj/tests/fuzz/%_fuzz.o $(FUZZ_KIT) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer $(SAN) -o $@ $^ $(LDLIBS)
