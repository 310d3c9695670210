# make            build every program            make run    the live market (PRICES=file.csv, ONCE=1)
# make test       all tests                      make lint   the rules a compiler cannot check
# make fuzz       a minute per fuzz target       make bench  measure; writes build/bench.json
# make mutations  break the contracts in eighty ways: the invariants must notice each
# make parity     against Aave's recorded scenarios, over the wire and with fresh random ones
# make CC=clang SAN=address,undefined check      the C tests, instrumented, in their own tree
# make coverage   branches of the lending contracts that the tests take (LINES=1: and do not)

ifeq ($(origin CC),default)
CC     := gcc
endif
OPT    ?= -O2
CFLAGS ?= -g
comma  := ,
OUT    := build/$(notdir $(CC))$(OPT)$(if $(SAN),-$(subst $(comma),-,$(SAN)))
WARN   := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wswitch-enum -Wundef \
          -Wstrict-prototypes -Wmissing-prototypes -Werror
FLAGS  := -std=c11 -D_GNU_SOURCE -I. -pthread -fno-strict-aliasing $(WARN) $(OPT) $(CFLAGS) \
          $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
FLAGS  += $(if $(filter clang,$(notdir $(CC))),-Wno-unused-command-line-argument)

# Short lines; make V=1 shows the commands.
Q       = $(if $(V),,@echo "  $(@:$(OUT)/%=%)"; )

# A room is its folder and the folders in it.  Top to bottom: also the link order.
ROOMS    := rpc node client contracts-native oracle base
LIBS     := $(ROOMS:%=$(OUT)/lib%.a)
SYSLIBS  := -lmicrohttpd -lwslay -lcurl -ljansson -lrocksdb -llz4 -lsecp256k1 -lsodium -lutf8proc -lnettle -lgmp -lm
# What the C files of a pattern compile to.
objects   = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(1)))
PROGRAMS := $(patsubst cmd/%,%,$(wildcard cmd/*))
BINARIES := $(PROGRAMS:%=$(OUT)/bin/%)
TESTS    := $(patsubst %.c,$(OUT)/%,$(wildcard tests/*/test_*.c))
FUZZERS  := $(patsubst fuzz/%.c,%,$(wildcard fuzz/fuzz_*.c))
BENCHES  := $(patsubst %.c,$(OUT)/%,$(wildcard bench/bench_*.c))
HARNESS  := $(OUT)/tests/chain/kill_loop $(OUT)/tests/lending/stateful $(OUT)/tests/parity/replay
SUPPORT  := $(call objects,tests/support/*.c)

.PHONY: all run test check races races-tests mutations parity print-roots coverage coverage-tests lint format fuzz fuzz-run bench clean
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:

all: $(BINARIES)

# -- building ------------------------------------------------------------------

$(BINARIES): $(OUT)/bin/%: $$(call objects,cmd/$$*/*.c) $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -o $@

# Tests that are programs of their own, and benchmarks, link like tests but for cmocka.
$(TESTS): %: %.o $(SUPPORT) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lcmocka -lz -o $@
$(filter $(OUT)/tests/client/test_plimsoll%,$(TESTS)): | $(BINARIES) # which they run
$(HARNESS): %: %.o $(SUPPORT) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lz -o $@
$(BENCHES): %: %.o $$(call objects,bench/support/*.c) $(SUPPORT) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lz -o $@
$(FUZZERS:%=$(OUT)/fuzz/%_replay): %_replay: %.o $(OUT)/fuzz/replay.o $(SUPPORT) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lz -o $@
$(FUZZERS:%=$(OUT)/fuzz/%): %: %.o $(SUPPORT) $(LIBS)
	$(Q)$(CC) $(FLAGS) -fsanitize=fuzzer $^ $(SYSLIBS) -lz -o $@

$(OUT)/lib%.a: $$(call objects,$$*/*.c $$*/*/*.c)
	@mkdir -p $(@D)
	@rm -f $@ && ar rcs $@ $^

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) -MMD -MP -c $< -o $@

# What .incbin takes in: the page, and the libraries it uses as npm has them.
PAGE_LIBRARIES := web/node_modules/.installed
$(OUT)/rpc/static.o: $(filter-out web/node_modules,$(wildcard web/*)) $(PAGE_LIBRARIES)
$(PAGE_LIBRARIES): web/package-lock.json
	@tools/deps.sh build && touch $@
$(OUT)/node/genesis_devnet.o: genesis/devnet.json

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

# -- running -------------------------------------------------------------------

run:
	@tools/deps.sh build
	@$(MAKE) --no-print-directory all
	@$(OUT)/bin/plimsoll-demo --bin $(OUT)/bin $(if $(PRICES),--prices '$(PRICES)') $(if $(ONCE),--once) $(DEMO)

# -- checking ------------------------------------------------------------------

# Everything: C tests, corpora, crashes, compilers against each other, real clients.
test:
	@tools/deps.sh test
	@$(MAKE) --no-print-directory all $(TESTS) $(HARNESS)
	@tools/test.sh $(OUT)

# The client flows alone, with those whose packages are heavy (docs/clients.md), and go-ethereum's clients, alloy and
# web3j, if there is a Go, a Rust, a Java.
clients-full:
	@tools/deps.sh clients-full
	@$(MAKE) --no-print-directory all
	@tests/clients/run.sh $(OUT) full

# The C tests and the fuzz corpora only; honours CC, OPT and SAN.
check: $(TESTS) $(FUZZERS:%=$(OUT)/fuzz/%_replay)
	@tools/test.sh $(OUT) unit corpus

# The threads: C tests, client flows and abuse under ThreadSanitizer, in a tree of their own.  It does not start
# where the kernel randomizes more than 28 bits of addresses (sysctl vm.mmap_rnd_bits).
RACES := CC=clang OPT=-O1 SAN=thread
races:
	@tools/deps.sh test
	@$(MAKE) --no-print-directory $(RACES) races-tests
races-tests: all $(TESTS)
	@TSAN_OPTIONS='ignore_noninstrumented_modules=1 die_after_fork=0' ABUSE_MEMORY_MAX=4096 \
	 tools/test.sh $(OUT) unit clients abuse

# The dashboard in headless Chromium, MetaMask in headless Firefox; screenshots in build/web.
web-test: all
	@tools/deps.sh web
	@tests/web/run.sh $(OUT)

# The faults that the storm over the lending market must find.
mutations: $(HARNESS)
	@tests/lending/mutations.sh $(OUT)

# Aave's own contracts as the judge: recorded scenarios over the wire, fresh random ones in memory.
# Needs the comparison harness beside the repository (AAVE=folder); skipped without it.
parity: all $(OUT)/tests/parity/replay
	@tests/parity/run.sh
	@tests/parity/random.sh

# tests/chain/roots.sh builds this one under every compiler: only the rooms it needs.
ROOTS := $(OUT)/tests/chain/roots
$(ROOTS): $(OUT)/tests/chain/roots.o $(OUT)/tests/support/traffic.o $(filter-out %rpc.a %client.a,$(LIBS))
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -o $@
print-roots:
	@echo $(ROOTS)

# In a tree of its own: the flags differ.
COVERED := contracts-native/lending contracts-native/token
coverage:
	@$(MAKE) --no-print-directory OUT=build/coverage CC=gcc OPT=-O0 CFLAGS='-g --coverage' coverage-tests
	@tools/coverage.sh build/coverage $(COVERED)
coverage-tests: $(patsubst %.c,$(OUT)/%,$(wildcard tests/contracts-native/test_*.c) tests/base/test_fixed.c) \
                $(OUT)/fuzz/fuzz_lending_replay

lint:
	@tools/deps.sh lint
	@$(MAKE) --no-print-directory $(LIBS)
	@tools/lint.sh $(OUT)

format:
	clang-format-14 -i $$(git ls-files '*.c' '*.h' | grep -v 'vectors\.h$$')

# A minute for each target (FUZZ_SECONDS), from its seeds on, in a tree of its own.
FUZZ_SECONDS ?= 60
FUZZ_TREE    := CC=clang OPT=-O1 SAN=fuzzer-no-link,address,undefined
fuzz:
	@tools/deps.sh test
	@$(MAKE) --no-print-directory $(FUZZ_TREE) fuzz-run
fuzz-run: $(FUZZERS:%=$(OUT)/fuzz/%)
	@for f in $(FUZZERS); do echo "== $$f"; mkdir -p build/corpus/$$f; $(OUT)/fuzz/$$f -print_final_stats=1 \
	  -max_total_time=$(FUZZ_SECONDS) build/corpus/$$f fuzz/corpus/$$f || exit 1; done

bench: $(BENCHES) all
	@tools/deps.sh bench
	@bench/run.sh $(OUT)

clean:
	rm -rf build
