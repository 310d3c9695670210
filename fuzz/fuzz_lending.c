/* A lending market: the first byte picks one, the others are the dice of a storm of calls
 * (tests/support/storm.h), and an auditor looks at every step.  Aborts on a broken property. */

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/storm.h"

#define STEPS_MAX   300
#define PROBE_EVERY 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
	"tests/vectors/aave/markets/default.json",
	"tests/vectors/aave/markets/odd.json",
	"tests/lending/market_narrow.json",
};

/* Read once: the fuzzer runs in the repository's folder. */
static const json_t *market_of(u8 choice)
{
	static json_t *markets[ARRAY_COUNT(paths)];
	size_t i = choice % ARRAY_COUNT(paths);

	if (!markets[i])
		markets[i] = json_read(paths[i]);
	if (!markets[i])
		abort();
	return markets[i];
}

static void require_whole(const struct storm *s)
{
	u32 count;
	const struct invariant *rows = invariants_all(&count);

	if (s->audit.broken == 0)
		return;
	for (u32 i = 0; i < count; i++)
		if (s->audit.broken >> i & 1)
			fprintf(stderr, "%s: step %llu, %s: %s\n", rows[i].name, (unsigned long long)s->step_count,
				op_info(s->step.op)->name, s->audit.detail);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct storm s;

	if (size == 0)
		return 0;
	storm_begin(&s, market_of(data[0]), dice_of_bytes((struct bytes){ data + 1, size - 1 }));
	while (!s.is_over && !dice_are_spent(&s.dice) && s.step_count < STEPS_MAX) {
		storm_step(&s);
		if (s.step_count % PROBE_EVERY == 0)
			invariants_probe(&s.audit, dice_word(&s.dice));
		require_whole(&s);
	}
	invariants_recount(&s.audit);
	require_whole(&s);
	storm_end(&s);
	return 0;
}
