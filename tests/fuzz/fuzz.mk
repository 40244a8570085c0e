# fuzz.mk - os alvos de fuzz: com libFuzzer, e como teste comum sobre o corpus.
# tests/tests.mk o inclui.

FUZZ := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
F ?= whatsapp
S ?= 60

# Sem libFuzzer: cada arquivo do corpus passa uma vez pelo alvo.
$(BUILD)/fuzz/%_once: $(BUILD)/obj/tests/fuzz/%_fuzz.o \
    $(BUILD)/obj/tests/fuzz/main.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: fuzz-corpus fuzz
fuzz-corpus: $(FUZZ:%=$(BUILD)/fuzz/%_once)  ## passa o corpus de cada alvo de fuzz, como teste
	@set -e; for f in $(FUZZ); do printf 'fuzz %s: ' $$f; \
	    $(BUILD)/fuzz/$${f}_once tests/fuzz/corpus/$$f/* 2>/dev/null; done

# O libFuzzer é do clang; o resto da biblioteca vai com a mesma cobertura.
FUZZ_SAN := -fsanitize=address,undefined
$(BUILD)/fuzz/%_loop: $(BUILD)/obj/tests/fuzz/%_fuzz.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer $(FUZZ_SAN) -o $@ $^ $(LDLIBS)

fuzz:  ## procura falhas por S segundos no alvo F (make fuzz F=whatsapp S=60)
	$(MAKE) BUILD=build-fuzz CC=clang HARDEN=-fPIE LINK_HARDEN= \
	    OPT='-O1 -g -fsanitize=fuzzer-no-link $(FUZZ_SAN) \
	    -fno-sanitize-recover=undefined' build-fuzz/fuzz/$(F)_loop
	@mkdir -p build-fuzz/found/$(F)
	build-fuzz/fuzz/$(F)_loop -max_total_time=$(S) -max_len=4096 \
	    -artifact_prefix=build-fuzz/found/ build-fuzz/found/$(F) \
	    tests/fuzz/corpus/$(F) 2>&1 | grep -v '"level":'
