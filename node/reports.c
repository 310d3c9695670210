#include "node/reports.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi.h"
#include "contracts-native/dispatch/address.h"
#include "contracts-native/feeds/admission.h"
#include "contracts-native/feeds/aggregator.h"
#include "node/clock.h"
#include "node/log.h"
#include "oracle/envelope.h"

#define RELAY_GAS_SPARE 300000 /* beyond what the aggregator charges by the piece */

/* The reports of one round, by reporter. */
struct round {
	u64 number;
	u64 due_us; /* when it goes without the rest; 0: there is no quorum yet */
	bool is_sent;
	u32 count;
	u64 entries; /* observations in all of them */
	struct hash digest[REPORT_REPORTERS_MAX];
	struct bytes wire[REPORT_REPORTERS_MAX]; /* own copies; at NULL: none yet */
};

struct reports {
	struct reports_config config;
	struct address relay;
	pthread_mutex_t lock;
	struct reader reader;
	struct report_terms terms;
	struct report report;
	struct round rounds[REPORTS_ROUNDS_MAX];
	struct oracle_counts counts;
};

struct reports *reports_new(const struct reports_config *config)
{
	struct reports *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->config = *config;
	if (address_of_key(&r->relay, config->relay_key) != OK) {
		free(r);
		return NULL;
	}
	(void)pthread_mutex_init(&r->lock, NULL);
	reader_init(&r->reader);
	return r;
}

static void round_clear(struct round *round)
{
	for (size_t i = 0; i < REPORT_REPORTERS_MAX; i++)
		free((void *)(uintptr_t)round->wire[i].at);
	*round = (struct round){ 0 };
}

void reports_free(struct reports *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < REPORTS_ROUNDS_MAX; i++)
		round_clear(&r->rounds[i]);
	reader_free(&r->reader);
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

struct address reports_relay(const struct reports *r)
{
	return r->relay;
}

/* -- sending ---------------------------------------------------------------------------------- */

/* The envelope of a round as submit(bytes) calldata; size 0: no memory.  free() it. */
static struct bytes make_call(const struct round *round, u64 set_id)
{
	struct abi_types types;
	struct abi_writer writer;
	struct bytes wires[REPORT_REPORTERS_MAX], call;
	u8 reporters[REPORT_REPORTERS_MAX];
	size_t count = 0, size = 0, capacity = ENVELOPE_HEAD_SIZE;
	u8 *envelope, *out;

	for (size_t i = 0; i < REPORT_REPORTERS_MAX; i++) {
		if (!round->wire[i].at)
			continue;
		reporters[count] = (u8)i;
		capacity += round->wire[i].size;
		wires[count++] = round->wire[i];
	}
	envelope = malloc(capacity);
	out = malloc(capacity + 128);
	if (envelope && out && abi_parse(&types, "submit(bytes)") == OK)
		size = envelope_encode(envelope, capacity, set_id, round->number, wires, reporters, count);
	if (size > 0) {
		store_be32(out, 0xef7fa71b); /* submit(bytes) */
		abi_writer_init(&writer, &types, out + 4, capacity + 124);
		abi_put_bytes(&writer, (struct bytes){ envelope, size });
		size = abi_writer_end(&writer, &call) == OK ? call.size + 4 : 0;
	}
	free(envelope);
	if (size == 0)
		free(out);
	return (struct bytes){ size > 0 ? out : NULL, size };
}

static u64 call_gas(const struct reports *r, const struct round *round, const struct tx *tx)
{
	u64 gas = tx_gas_intrinsic(tx) + RELAY_GAS_SPARE + round->count * (u64)AGGREGATOR_GAS_REPORT +
		  round->entries * AGGREGATOR_GAS_ENTRY + r->terms.feed_count * AGGREGATOR_GAS_FEED;

	return gas < r->config.genesis->gas_limit ? gas : r->config.genesis->gas_limit;
}

static enum err send_call(struct reports *r, const struct round *round, struct bytes call)
{
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = r->config.genesis->chain_id,
		.nonce = mempool_nonce(r->config.pool, &r->relay),
		.max_fee = r->config.genesis->base_fee,
		.max_tip = u256_from_u64(MEMPOOL_TIP), /* what it does not need itself it shows to who reads fees */
		.to = contract_address(CONTRACT_AGGREGATOR, 0),
		.data = call,
	};
	size_t capacity = call.size + 512;
	u8 *out = malloc(capacity);
	struct refusal why;
	struct hash hash;
	struct bytes raw;
	enum err e = out ? u256_add(&tx.max_fee, &tx.max_fee, &tx.max_tip) : ERR_FULL;

	tx.gas_limit = call_gas(r, round, &tx);
	if (e == OK)
		e = tx_sign(&raw, &tx, r->config.relay_key, out, capacity);
	if (e == OK)
		e = mempool_add(r->config.pool, &hash, &why, raw, NULL);
	free(out);
	return e;
}

static void send_round(struct reports *r, struct round *round)
{
	struct bytes call = make_call(round, r->terms.set.set_id);
	enum err e = call.at ? send_call(r, round, call) : ERR_FULL;

	free((void *)(uintptr_t)call.at);
	round->is_sent = true;
	if (e == OK) {
		r->counts.rounds++;
		r->counts.last_round = round->number;
		return;
	}
	log_line(LOG_WARN, "oracle round not relayed round=%llu error=%s reports=%u",
		 (unsigned long long)round->number, err_name(e), round->count);
}

void reports_tick(struct reports *r)
{
	u64 now = clock_monotonic_us();

	if (pthread_mutex_trylock(&r->lock) != 0)
		return;
	for (size_t i = 0; i < REPORTS_ROUNDS_MAX; i++) {
		struct round *round = &r->rounds[i];

		if (round->due_us > 0 && !round->is_sent && now >= round->due_us)
			send_round(r, round);
	}
	(void)pthread_mutex_unlock(&r->lock);
}

/* -- collecting ----------------------------------------------------------------------------------- */

/* The slot of a round: its own, or that of the oldest, which gives way; NULL if all are newer. */
static struct round *round_slot(struct reports *r, u64 number)
{
	struct round *oldest = &r->rounds[0];

	for (size_t i = 0; i < REPORTS_ROUNDS_MAX; i++) {
		if (r->rounds[i].count > 0 && r->rounds[i].number == number)
			return &r->rounds[i];
		if (r->rounds[i].number < oldest->number)
			oldest = &r->rounds[i];
	}
	if (oldest->count > 0 && oldest->number > number)
		return NULL;
	round_clear(oldest);
	oldest->number = number;
	return oldest;
}

static enum err keep(struct reports *r, const struct hash *digest, struct bytes wire)
{
	const struct report *report = &r->report;
	struct round *round = round_slot(r, report->round);
	u8 *copy;

	if (!round)
		return ERR_ORACLE_STALE;
	if (round->wire[report->reporter].at) {
		if (hash_cmp(&round->digest[report->reporter], digest) == 0)
			return OK;
		r->counts.equivocations++;
		return ERR_ORACLE_EQUIVOCATION;
	}
	copy = malloc(wire.size);
	if (!copy)
		return ERR_FULL;
	memcpy(copy, wire.at, wire.size);
	round->wire[report->reporter] = (struct bytes){ copy, wire.size };
	round->digest[report->reporter] = *digest;
	round->count++;
	round->entries += report->count;
	r->counts.reports++;
	if (round->count >= 2 * r->terms.set.faulty_max + 1 && round->due_us == 0)
		round->due_us = clock_monotonic_us() + REPORTS_GRACE_MS * 1000;
	if (round->count == r->terms.set.reporter_count && !round->is_sent)
		send_round(r, round);
	return OK;
}

static enum err admit(struct reports *r, struct bytes wire)
{
	struct hash digest;
	struct store_head head;

	if (wire.size > REPORT_SIZE_MAX)
		return ERR_SIZE;
	node_head(r->config.node, &head);
	TRY(reader_begin(&r->reader, r->config.node, head.header.number, true));
	report_terms_read(&r->terms, &r->reader.state);
	TRY(report_admit(&r->report, &digest, &r->terms, &r->reader.state, &r->reader.env, wire));
	return keep(r, &digest, wire);
}

enum err reports_add(struct reports *r, struct bytes wire)
{
	enum err e;

	(void)pthread_mutex_lock(&r->lock);
	e = admit(r, wire);
	if (e != OK)
		r->counts.refused++;
	(void)pthread_mutex_unlock(&r->lock);
	return e;
}

struct oracle_counts reports_counts(struct reports *r)
{
	struct oracle_counts counts;

	(void)pthread_mutex_lock(&r->lock);
	counts = r->counts;
	(void)pthread_mutex_unlock(&r->lock);
	return counts;
}
