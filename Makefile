# make            build every program            make run    the live market (PRICES=file.csv, ONCE=1)
# make test       all tests                      make lint   the rules a compiler cannot check
# make fuzz       a minute per fuzz target       make bench  measure; writes build/bench.json
# make mutations  break the contracts in seventy ways: the invariants must notice each
# make CC=clang SAN=address,undefined check      the C tests, instrumented, in their own tree

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
SYSLIBS  := -lmicrohttpd -lcurl -ljansson -lrocksdb -lsecp256k1 -lsodium -lnettle -lgmp -lm
# What the C files of a pattern compile to.
objects   = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(1)))
PROGRAMS := $(patsubst cmd/%,%,$(wildcard cmd/*))
BINARIES := $(PROGRAMS:%=$(OUT)/bin/%)
TESTS    := $(patsubst %.c,$(OUT)/%,$(wildcard tests/*/test_*.c))
FUZZERS  := $(patsubst fuzz/%.c,%,$(wildcard fuzz/fuzz_*.c))
BENCHES  := $(patsubst %.c,$(OUT)/%,$(wildcard bench/bench_*.c))

.PHONY: all run test check mutations print-roots lint format fuzz bench clean
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:

all: $(BINARIES)

# -- building ------------------------------------------------------------------

$(BINARIES): $(OUT)/bin/%: $$(call objects,cmd/$$*/*.c) $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -o $@

$(TESTS): %: %.o $$(call objects,tests/support/*.c) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lcmocka -lz -o $@

$(BENCHES): %: %.o $$(call objects,bench/support/*.c) $(OUT)/tests/support/traffic.o $(OUT)/tests/support/world.o $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -o $@

$(OUT)/lib%.a: $$(call objects,$$*/*.c $$*/*/*.c)
	@mkdir -p $(@D)
	@rm -f $@ && ar rcs $@ $^

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) -MMD -MP -c $< -o $@

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
	@$(MAKE) --no-print-directory all $(TESTS) $(OUT)/tests/chain/kill_loop $(STATEFUL)
	@tools/test.sh $(OUT)

# The C tests and the fuzz corpora only; honours CC, OPT and SAN.
check: $(TESTS) $(FUZZERS:%=$(OUT)/fuzz/%_replay)
	@tools/test.sh $(OUT) unit corpus

$(OUT)/fuzz/%_replay: $(OUT)/fuzz/%.o $(OUT)/fuzz/replay.o $$(call objects,tests/support/*.c) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lz -o $@

$(OUT)/tests/chain/kill_loop: $(OUT)/tests/chain/kill_loop.o $$(call objects,tests/support/*.c) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lz -o $@

# The storm over the lending market, and the faults that it must find.
STATEFUL := $(OUT)/tests/lending/stateful
$(STATEFUL): $(STATEFUL).o $$(call objects,tests/support/*.c) $(LIBS)
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -lz -o $@
mutations: $(STATEFUL)
	@tests/lending/mutations.sh $(OUT)

# tests/chain/roots.sh builds this one under every compiler: only the rooms it needs.
ROOTS := $(OUT)/tests/chain/roots
$(ROOTS): $(OUT)/tests/chain/roots.o $(OUT)/tests/support/traffic.o $(filter-out %rpc.a %client.a,$(LIBS))
	$(Q)$(CC) $(FLAGS) $^ $(SYSLIBS) -o $@
print-roots:
	@echo $(ROOTS)

lint:
	@tools/deps.sh lint
	@$(MAKE) --no-print-directory $(LIBS)
	@tools/lint.sh $(OUT)

format:
	clang-format-14 -i $$(git ls-files '*.c' '*.h')

# One minute for each target (FUZZ_SECONDS), in parallel trees of clang with sanitizers.
FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS:%=build/fuzz/%)
	@for f in $(FUZZERS); do echo "== $$f"; mkdir -p build/fuzz/corpus/$$f; \
	  build/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 build/fuzz/corpus/$$f fuzz/corpus/$$f || exit 1; done

build/fuzz/%: fuzz/%.c $(wildcard base/*.c oracle/*.c oracle/*/*.c contracts-native/*/*.c node/*.c node/*/*.c rpc/*.c client/*.c tests/support/*.c)
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -g -O1 -pthread -fno-strict-aliasing \
	  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $^ $(SYSLIBS) -lz -o $@

bench: $(BENCHES) all
	@tools/deps.sh bench
	@bench/run.sh $(OUT)

clean:
	rm -rf build
