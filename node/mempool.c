#include "node/mempool_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "contracts-native/dispatch/address.h"
#include "node/head.h"
#include "node/recover.h"

bool tx_is_oracle(const struct tx *tx)
{
	static const u8 submit[4] = { 0xef, 0x7f, 0xa7, 0x1b }; /* submit(bytes) */
	struct address aggregator = contract_address(CONTRACT_AGGREGATOR, 0);

	return address_cmp(&tx->to, &aggregator) == 0 && tx->data.size >= sizeof submit &&
	       memcmp(tx->data.at, submit, sizeof submit) == 0;
}

void pooled_release(struct pooled *p)
{
	if (atomic_fetch_sub(&p->references, 1) == 1)
		free(p);
}

struct mempool *mempool_new(const struct mempool_config *config)
{
	struct mempool *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->config = *config;
	if (m->config.max == 0)
		m->config.max = MEMPOOL_MAX_DEFAULT;
	if (m->config.bytes_max == 0)
		m->config.bytes_max = MEMPOOL_BYTES_MAX;
	(void)pthread_mutex_init(&m->lock, NULL);
	wait_init(&m->filled);
	if (!index_init(&m->by_hash) || !index_init(&m->by_owner)) {
		mempool_free(m);
		return NULL;
	}
	return m;
}

void mempool_free(struct mempool *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->sender_count; i++) {
		struct sender *s = m->senders[i];

		for (u32 k = 0; k < s->size; k++) {
			if (s->at[k])
				pooled_release(s->at[k]);
		}
		free(s->at);
		free(s);
	}
	free(m->senders);
	index_free(&m->by_hash);
	index_free(&m->by_owner);
	(void)pthread_cond_destroy(&m->filled);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

/* -- admission ---------------------------------------------------------------------------- */

enum origin { SIGNED,
	      UNSIGNED, /* see mempool_add_unsigned */
	      RESTORED  /* see mempool_restore */
};

/* What can be told without knowing the sender. */
static enum err check_form(const struct mempool *m, struct pooled *p, struct refusal *why)
{
	const struct tx *tx = &p->tx;
	u64 intrinsic = tx_gas_intrinsic(tx);

	if (tx->gas_limit > m->config.gas_limit)
		return ERR_TX_GAS_BLOCK;
	if (u256_cmp(&tx->max_tip, &tx->max_fee) > 0)
		return ERR_TX_TIP_HIGH;
	if (u256_cmp(&tx->max_fee, &m->config.base_fee) < 0)
		return ERR_TX_FEE_LOW;
	if (tx->gas_limit < intrinsic) {
		why->have = tx->gas_limit;
		why->want = intrinsic;
		return ERR_TX_GAS_LOW;
	}
	if (tx_cost_max(&p->cost, tx) != OK)
		return ERR_TX_FUNDS;
	p->tip = tx_gas_price(tx, &m->config.base_fee);
	/* The price is at least the base fee. */
	return u256_sub(&p->tip, &p->tip, &m->config.base_fee);
}

static enum err check_account(const struct account *account, const struct pooled *p, struct refusal *why)
{
	why->have = p->tx.nonce;
	why->want = account->nonce;
	if (p->tx.nonce < account->nonce)
		return ERR_TX_NONCE_LOW;
	why->balance = account->balance;
	why->cost = p->cost;
	if (u256_cmp(&p->cost, &account->balance) > 0)
		return ERR_TX_FUNDS;
	return OK;
}

/* Pending transactions and this one are paid from one balance. */
static enum err check_chain(const struct sender *s, const struct pooled *p, struct refusal *why)
{
	u64 i = p->tx.nonce - s->account.nonce;
	struct u256 queued = s->ready_cost, need;

	/* What is replaced costs nothing any more; it is a part of the sum. */
	if (i < s->ready)
		TRY(u256_sub(&queued, &queued, &s->at[i]->cost));
	why->queued_cost = queued;
	if (u256_add(&need, &queued, &p->cost) != OK || u256_cmp(&need, &s->account.balance) > 0)
		return ERR_TX_FUNDS;
	return OK;
}

/* A wallet that speeds up multiplies both fees.  A tip of 0 could never be replaced so; 0.001 gwei, which other
 * chains of cheap gas recommend too, also survives being shown in gwei. */
static_assert(MEMPOOL_TIP * (100u + MEMPOOL_BUMP_PERCENT) / 100u > MEMPOOL_TIP, "what is recommended can be replaced");

/* Whether fee is above old by a tenth of it, rounded down, and above it at all: as go-ethereum has it. */
static bool is_bump(const struct u256 *fee, const struct u256 *old)
{
	struct u256 hundred = u256_from_u64(100), bump = u256_from_u64(100 + MEMPOOL_BUMP_PERCENT);
	struct u256 least;

	return u256_cmp(fee, old) > 0 && u256_mul_div_down(&least, old, &bump, &hundred) == OK &&
	       u256_cmp(fee, &least) >= 0;
}

static enum err check_place(const struct sender *s, const struct pooled *p, struct refusal *why, enum origin origin)
{
	u64 i = p->tx.nonce - s->account.nonce;
	const struct pooled *old = i < s->size ? s->at[i] : NULL;

	if (old && (!is_bump(&p->tx.max_fee, &old->tx.max_fee) || !is_bump(&p->tx.max_tip, &old->tx.max_tip)))
		return ERR_TX_UNDERPRICED;
	if (!old && i > s->ready + MEMPOOL_QUEUED_MAX && origin != RESTORED) {
		why->have = p->tx.nonce;
		why->want = s->account.nonce + s->ready;
		return ERR_TX_NONCE_HIGH;
	}
	return i < MEMPOOL_PENDING_MAX ? OK : ERR_TX_POOL_FULL;
}

/* All that may be wrong with p, of s, and who leaves for it. */
static enum err check(struct mempool *m, struct leaving *leaving, const struct sender *s, const struct pooled *p,
		      struct refusal *why, enum origin origin)
{
	bool is_payable;

	TRY(check_account(&s->account, p, why));
	is_payable = check_chain(s, p, why) == OK;
	if (!is_payable && origin != RESTORED)
		return ERR_TX_FUNDS;
	TRY(check_place(s, p, why, origin));
	return pool_room(m, leaving, s, p, is_payable) ? OK : ERR_TX_POOL_FULL;
}

static bool is_hash(const void *item, const void *key)
{
	const struct pooled *p = item;

	return hash_cmp(&p->tx.hash, key) == 0;
}

static struct pooled *find_locked(struct mempool *m, const struct hash *hash)
{
	u64 digest = index_digest(&m->by_hash, (struct bytes){ hash->bytes, sizeof hash->bytes });

	return index_find(&m->by_hash, digest, is_hash, hash);
}

/* With the lock, the account known: the rest of admission. */
static enum err admit(struct mempool *m, struct pooled *p, const struct account *account, struct refusal *why,
		      enum origin origin)
{
	struct leaving leaving;
	struct sender *s;
	enum err e;

	if (find_locked(m, &p->tx.hash))
		return ERR_TX_KNOWN;
	s = pool_sender_make(m, &p->tx.sender, account);
	if (!s)
		return ERR_FULL;
	e = check(m, &leaving, s, p, why, origin);
	if (e == OK) {
		p->arrival = m->arrivals++;
		p->admitted_us = pool_now_us(m);
		e = pool_put(m, s, (u32)(p->tx.nonce - s->account.nonce), p) ? OK : ERR_FULL;
	}
	if (e == OK)
		pool_evict(m, &leaving);
	pool_sender_settle(m, s);
	return e;
}

static enum err insert(struct mempool *m, struct pooled *p, struct refusal *why, enum origin origin)
{
	struct account account = { 0 };
	u64 seen;
	enum err e;

	(void)pthread_mutex_lock(&m->lock);
	pool_expire(m); /* senders may go: before this one is looked for */
	/* The account of a new sender is read without the lock; a commit in between makes it old. */
	while (!pool_sender(m, &p->tx.sender)) {
		seen = m->commits;
		(void)pthread_mutex_unlock(&m->lock);
		m->config.account(m->config.context, &p->tx.sender, &account);
		(void)pthread_mutex_lock(&m->lock);
		if (seen == m->commits)
			break;
	}
	e = admit(m, p, &account, why, origin);
	if (e == OK && m->ready > 0)
		(void)pthread_cond_signal(&m->filled);
	(void)pthread_mutex_unlock(&m->lock);
	return e;
}

static enum err prepare(struct mempool *m, struct pooled *p, struct refusal *why)
{
	bool is_known;

	TRY(check_form(m, p, why));
	(void)pthread_mutex_lock(&m->lock);
	is_known = find_locked(m, &p->tx.hash) != NULL;
	(void)pthread_mutex_unlock(&m->lock);
	if (is_known)
		return ERR_TX_KNOWN;
	if (!p->tx.is_recovered) {
		atomic_fetch_add(&m->recovered, 1);
		TRY(tx_recover(&p->tx));
	}
	p->is_oracle = tx_is_oracle(&p->tx);
	return OK;
}

/* sender NULL: not known. */
static enum err add(struct mempool *m, struct pooled **kept, struct refusal *why, struct bytes raw,
		    enum origin origin, const struct address *sender)
{
	struct pooled *p;
	enum err e;

	if (raw.size > TX_SIZE_MAX)
		return ERR_TX_SIZE;
	if (raw.size == 0)
		return ERR_TRUNCATED;
	p = malloc(sizeof *p + raw.size);
	if (!p)
		return ERR_FULL;
	memset(p, 0, sizeof *p);
	memcpy(p->raw, raw.at, raw.size);
	atomic_init(&p->references, 2); /* the pool's and the caller's */
	e = (origin == UNSIGNED ? tx_decode_stored : tx_decode)(&p->tx, (struct bytes){ p->raw, raw.size },
								m->config.chain_id);
	if (e == ERR_TX_CHAIN_ID)
		why->want = m->config.chain_id;
	if (e == OK && sender) {
		p->tx.sender = *sender;
		p->tx.is_recovered = true;
	}
	if (e == OK)
		e = prepare(m, p, why);
	if (e == OK)
		e = insert(m, p, why, origin);
	if (e != OK)
		free(p);
	else
		*kept = p;
	return e;
}

static enum err add_and_count(struct mempool *m, struct hash *hash, struct refusal *why, struct bytes raw,
			      enum origin origin, const struct address *sender)
{
	struct pooled *p;
	enum err e;

	*why = (struct refusal){ .code = OK };
	e = add(m, &p, why, raw, origin, sender);
	why->code = e;
	if (e != OK) {
		atomic_fetch_add(&m->refused, 1);
		return e;
	}
	*hash = p->tx.hash;
	pooled_release(p);
	return OK;
}

enum err mempool_add(struct mempool *m, struct hash *hash, struct refusal *why, struct bytes raw,
		     const struct address *sender)
{
	return add_and_count(m, hash, why, raw, SIGNED, sender);
}

enum err mempool_restore(struct mempool *m, struct bytes raw)
{
	struct refusal why;
	struct hash hash;

	return add_and_count(m, &hash, &why, raw, RESTORED, NULL);
}

void mempool_senders(struct mempool *m, struct signed_bytes *list, u32 count, u32 threads)
{
	struct tx *txs = calloc(count + 1, sizeof *txs), **wanted = calloc(count + 1, sizeof(struct tx *));
	u32 wanted_count = 0;

	for (u32 i = 0; i < count && txs && wanted; i++) {
		bool is_wanted = tx_decode(&txs[i], list[i].raw, m->config.chain_id) == OK;

		(void)pthread_mutex_lock(&m->lock);
		is_wanted = is_wanted && !find_locked(m, &txs[i].hash);
		(void)pthread_mutex_unlock(&m->lock);
		if (is_wanted)
			wanted[wanted_count++] = &txs[i];
	}
	recover_all(wanted, wanted_count, threads);
	atomic_fetch_add(&m->recovered, wanted_count);
	for (u32 i = 0; i < count && txs; i++) {
		list[i].is_known = txs[i].is_recovered;
		list[i].sender = txs[i].sender;
	}
	free(wanted);
	free(txs);
}

enum err mempool_add_unsigned(struct mempool *m, struct hash *hash, struct refusal *why, struct bytes raw)
{
	return add_and_count(m, hash, why, raw, UNSIGNED, NULL);
}

/* -- reading -------------------------------------------------------------------------------- */

struct pooled *mempool_find(struct mempool *m, const struct hash *hash)
{
	struct pooled *p;

	(void)pthread_mutex_lock(&m->lock);
	p = find_locked(m, hash);
	if (p)
		atomic_fetch_add(&p->references, 1);
	(void)pthread_mutex_unlock(&m->lock);
	return p;
}

u64 mempool_nonce(struct mempool *m, const struct address *owner)
{
	struct account account = { 0 };
	struct sender *s;
	u64 nonce = 0;

	(void)pthread_mutex_lock(&m->lock);
	s = pool_sender(m, owner);
	if (s)
		nonce = s->account.nonce + s->ready;
	(void)pthread_mutex_unlock(&m->lock);
	if (s)
		return nonce;
	m->config.account(m->config.context, owner, &account);
	return account.nonce;
}

struct pool_counts mempool_counts(struct mempool *m)
{
	struct pool_counts counts;

	(void)pthread_mutex_lock(&m->lock);
	counts = (struct pool_counts){ .pending = m->ready, .queued = m->count - m->ready };
	(void)pthread_mutex_unlock(&m->lock);
	return counts;
}

struct mempool_figures mempool_figures(struct mempool *m)
{
	return (struct mempool_figures){ atomic_load(&m->recovered), atomic_load(&m->refused) };
}

/* -- waiting ---------------------------------------------------------------------------------- */

bool mempool_wait(struct mempool *m, u64 deadline_us)
{
	bool is_filled;

	(void)pthread_mutex_lock(&m->lock);
	while (m->ready == 0 && !m->is_woken && wait_until(&m->filled, &m->lock, deadline_us))
		continue;
	m->is_woken = false;
	is_filled = m->ready > 0;
	(void)pthread_mutex_unlock(&m->lock);
	return is_filled;
}

void mempool_wake(struct mempool *m)
{
	(void)pthread_mutex_lock(&m->lock);
	m->is_woken = true;
	(void)pthread_cond_broadcast(&m->filled);
	(void)pthread_mutex_unlock(&m->lock);
}
