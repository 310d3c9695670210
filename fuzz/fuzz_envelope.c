/* Oracle reports and envelopes: the first byte picks what the rest is.
 *
 *  - A report or an envelope that is accepted encodes to the bytes it was read from, and
 *    no byte less of it is accepted.
 *  - The reports of an accepted envelope are accepted, in order, and their digests differ
 *    when their bytes before the signature do.
 *  - A median of any prices lies between the least and the greatest, whatever the order. */

#include "oracle/envelope.h"
#include "oracle/median.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct report_domain domain = { .chain_id = 1337 };

/* One id for every feed number a report may have. */
static struct hash *feed_ids_of(const struct report *r, size_t *count)
{
	struct hash *ids;

	*count = r->observations[r->count - 1].feed + 1u;
	ids = calloc(*count, sizeof *ids);
	assert(ids);
	for (size_t i = 0; i < *count; i++)
		store_be32(ids[i].bytes, (u32)i);
	return ids;
}

static void digest_of(struct hash *out, const struct report *r)
{
	size_t count;
	struct hash *ids = feed_ids_of(r, &count);

	report_digest(out, r, &domain, ids, count);
	free(ids);
}

static void report_try(struct bytes in)
{
	static u8 again[REPORT_SIZE_MAX];
	struct report r, shorter;
	size_t taken, unused;

	if (report_decode(&r, &taken, in) != OK)
		return;
	assert(taken <= in.size);
	assert(report_encode(again, &r) == taken);
	assert(memcmp(again, in.at, taken) == 0);
	assert(report_decode(&shorter, &unused, (struct bytes){ in.at, taken - 1 }) == ERR_TRUNCATED);
}

static void envelope_try(struct bytes in)
{
	static u8 again[ENVELOPE_SIZE_MAX];
	struct hash digests[REPORT_REPORTERS_MAX];
	u8 reporters[REPORT_REPORTERS_MAX];
	struct envelope e;

	if (envelope_decode(&e, in) != OK)
		return;
	for (u32 i = 0; i < e.count; i++) {
		struct report r;
		size_t taken;

		assert(report_decode(&r, &taken, e.reports[i]) == OK);
		assert(taken == e.reports[i].size);
		assert(r.round == e.round && r.set_id == e.set_id);
		assert(i == 0 || reporters[i - 1] < r.reporter);
		reporters[i] = r.reporter;
		digest_of(&digests[i], &r);
		assert(i == 0 || hash_cmp(&digests[i - 1], &digests[i]) != 0);
	}
	assert(envelope_encode(again, sizeof again, e.set_id, e.round, e.reports, reporters, e.count) == in.size);
	assert(memcmp(again, in.at, in.size) == 0);
}

static void median_try(struct bytes in)
{
	struct median_input inputs[MEDIAN_INPUTS_MAX], reversed[MEDIAN_INPUTS_MAX];
	u128 least = ~(u128)0, greatest = 0;
	struct median a, b;
	size_t count = in.size / 32;

	if (count == 0)
		return;
	count = count > MEDIAN_INPUTS_MAX ? MEDIAN_INPUTS_MAX : count;
	for (size_t i = 0; i < count; i++) {
		const u8 *at = in.at + 32 * i;

		inputs[i].price = (u128)load_be64(at) << 64 | load_be64(at + 8);
		inputs[i].confidence = (u128)load_be64(at + 16) << 64 | load_be64(at + 24);
		inputs[i].observed_at = load_be64(at + 24);
		inputs[i].reporter = (u8)i;
		least = inputs[i].price < least ? inputs[i].price : least;
		greatest = inputs[i].price > greatest ? inputs[i].price : greatest;
		reversed[count - 1 - i] = inputs[i];
	}
	median_of(&a, inputs, count);
	median_of(&b, reversed, count);
	assert(a.price >= least && a.price <= greatest);
	assert(a.price == b.price && a.confidence == b.confidence && a.observed_at == b.observed_at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest;

	if (size == 0)
		return 0;
	rest = (struct bytes){ data + 1, size - 1 };
	switch (data[0] % 3) {
	case 0:
		report_try(rest);
		break;
	case 1:
		envelope_try(rest);
		break;
	default:
		median_try(rest);
		break;
	}
	return 0;
}
