#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "node/file.h"
#include "node/mempool_file.h"
#include "tests/node/pool_fixture.h"
#include "tests/node/pool_model.h"

/* Random steps in a small pool and in its model: what is there, in which order, who pends, what each step answers and
 * what is told must be the same after every one.  SEED=n in the environment draws others. */

#define STEPS        6000 /* of one pool's life */
#define LIVES        50
#define LIVES_SIGNED 3 /* signing takes its time: only what is written to disk needs it */
#define UNIT         ((u64)GAS * FEE)
#define NONCE_LAST   50 /* beyond it the chain goes back */
#define DATA_MAX     2500

struct life {
	struct mempool *pool;
	struct model model;
	u64 dice;
	bool is_signed, is_oracle_heavy;
	struct draft sent; /* the last one */
};

static u64 roll(struct life *l, u64 below)
{
	u64 x = l->dice += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (x ^ x >> 31) % below;
}

static u32 index_of(const struct address *owner)
{
	u32 s = 0;

	while (address_cmp(&owners[s], owner) != 0)
		assert_true(++s < MODEL_SENDERS);
	return s;
}

static struct u256 wide(u128 x)
{
	return u256_from_u128(x);
}

/* -- comparing -------------------------------------------------------------------------------- */

static void compare(struct life *l)
{
	struct model *m = &l->model;
	struct pool_item items[MODEL_SENDERS * MODEL_NONCES];
	u32 count = mempool_list(l->pool, items, ARRAY_COUNT(items), NULL), pending = 0;
	size_t model_count, model_bytes;

	model_sum(m, &model_count, &model_bytes);
	assert_int_equal(count, model_count);
	for (u32 i = 0; i < count; i++) {
		u32 s = index_of(&items[i].tx->sender);
		u64 nonce = items[i].tx->nonce;

		assert_true(nonce < MODEL_NONCES && m->at[s][nonce].is_there);
		assert_int_equal(hash_cmp(&items[i].tx->hash, &m->at[s][nonce].hash), 0);
		assert_int_equal(items[i].is_pending, nonce < model_ready(m, s, NULL));
		pending += items[i].is_pending;
		pooled_release(items[i].holder);
	}
	assert_int_equal(mempool_counts(l->pool).pending, pending);
	assert_int_equal(mempool_counts(l->pool).queued, count - pending);
	for (u32 s = 0; s < MODEL_SENDERS; s++)
		assert_int_equal(mempool_nonce(l->pool, &owners[s]), model_ready(m, s, NULL));
	assert_int_equal(told.count, m->told_count);
	assert_memory_equal(told.at, m->told, told.count * sizeof told.at[0]);
	told.count = m->told_count = 0;
}

/* -- sending ---------------------------------------------------------------------------------- */

static struct draft draw(struct life *l)
{
	static const u64 tips[] = { 0, 1, 9, 10, 11, 12, 99, 100, 109, 110, 121, 133, 1000 };
	static u8 data[DATA_MAX] = { 0xef, 0x7f, 0xa7, 0x1b };
	u32 from = (u32)roll(l, MODEL_SENDERS);
	struct draft d = {
		.from = from,
		.nonce = l->model.nonce[from] + roll(l, roll(l, 20) == 0 ? 80 : 6),
		.tip = tips[roll(l, ARRAY_COUNT(tips))],
		.gas = GAS << roll(l, 3),
		.data = { data, 4 + (roll(l, 3) == 0 ? roll(l, 400) : 0) },
	};

	if (roll(l, 3) == 0)
		d.nonce = model_ready(&l->model, from, NULL);
	if (roll(l, 30) == 0 && d.nonce > 0)
		d.nonce = roll(l, d.nonce);
	d.fee = FEE + (roll(l, 4) == 0 ? roll(l, 300) : 0) + (roll(l, 4) == 0 ? FEE / 10 * roll(l, 5) : 0) + d.tip;
	/* Many have to leave for it. */
	if (roll(l, 60) == 0)
		d.data.size = DATA_MAX - roll(l, 1500);
	if (roll(l, l->is_oracle_heavy ? 3 : 30) != 0)
		return d;
	d.to = contract_address(CONTRACT_AGGREGATOR, 0);
	if (roll(l, 8) != 0)
		d.nonce = model_ready(&l->model, from, NULL);
	return d;
}

static struct bytes encode(const struct life *l, const struct draft *d, u8 *out, size_t size)
{
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = CHAIN,
		.nonce = d->nonce,
		.gas_limit = d->gas,
		.max_tip = u256_from_u64(d->tip),
		.max_fee = u256_from_u64(d->fee),
		.to = d->to,
		.data = d->data,
	};
	struct bytes raw;
	u8 key[32];

	key_of(key, d->from);
	if (l->is_signed)
		assert_int_equal(tx_sign(&raw, &tx, key, out, size), OK);
	else
		assert_int_equal(tx_unsigned(&raw, &tx, &owners[d->from], out, size), OK);
	return raw;
}

static struct model_tx copy_of(const struct draft *d, struct bytes raw)
{
	struct address none = { { 0 } };
	struct model_tx t = {
		.is_oracle = address_cmp(&d->to, &none) != 0,
		.fee = d->fee,
		.tip = d->tip,
		.cost = (u128)d->gas * d->fee,
		.size = raw.size,
	};

	keccak256(&t.hash, raw);
	return t;
}

static void send_one(struct life *l)
{
	struct draft d = roll(l, 50) == 0 && l->sent.fee ? l->sent : draw(l);
	u8 out[2 * DATA_MAX];
	struct bytes raw = encode(l, &d, out, sizeof out);
	struct model_tx t = copy_of(&d, raw);
	struct refusal why;
	struct hash hash;
	enum err e, expected = model_send(&l->model, d.from, d.nonce, &t, false);

	l->sent = d;
	if (l->is_signed)
		e = mempool_add(l->pool, &hash, &why, raw, roll(l, 2) ? &owners[d.from] : NULL);
	else
		e = mempool_add_unsigned(l->pool, &hash, &why, raw);
	assert_int_equal(e, expected);
}

/* -- blocks ----------------------------------------------------------------------------------- */

/* Aggregator calls without a gap before them, then by tip and arrival. */
static u32 model_next(const struct model *m, const u32 *next)
{
	u32 best = MODEL_SENDERS;

	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		const struct model_tx *t = &m->at[s][next[s]], *b = best < MODEL_SENDERS ? &m->at[best][next[best]] : t;

		if (next[s] >= model_ready(m, s, NULL) || t->is_oracle)
			continue;
		if (best == MODEL_SENDERS || model_tip(m, t) > model_tip(m, b) ||
		    (model_tip(m, t) == model_tip(m, b) && t->arrival < b->arrival))
			best = s;
	}
	return best;
}

static void compare_choice(const struct model *m, struct pooled **list, u32 count)
{
	u32 next[MODEL_SENDERS], at = 0, s;

	for (s = 0; s < MODEL_SENDERS; s++)
		next[s] = (u32)m->nonce[s];
	/* Among calls in front only a sender's own have an order. */
	for (; at < count && list[at]->is_oracle; at++) {
		s = index_of(&list[at]->tx.sender);
		assert_int_equal(list[at]->tx.nonce, next[s]++);
	}
	for (s = 0; s < MODEL_SENDERS; s++)
		assert_true(next[s] >= model_front(m, s) || next[s] >= model_ready(m, s, NULL));
	while ((s = model_next(m, next)) < MODEL_SENDERS) {
		assert_true(at < count);
		assert_int_equal(hash_cmp(&list[at++]->tx.hash, &m->at[s][next[s]].hash), 0);
		next[s]++;
	}
	assert_int_equal(at, count);
}

/* Some of what the pool proposes gets into the block; each costs at most what it may. */
static void make_block(struct life *l)
{
	struct account_change changes[MODEL_SENDERS];
	struct pooled *list[MODEL_SENDERS * MODEL_NONCES];
	u32 count = mempool_choose(l->pool, list, ARRAY_COUNT(list), (u64)1 << 50, 1 << 30), kept;
	u64 nonce[MODEL_SENDERS];
	u128 balance[MODEL_SENDERS];

	compare_choice(&l->model, list, count);
	memcpy(nonce, l->model.nonce, sizeof nonce);
	memcpy(balance, l->model.balance, sizeof balance);
	kept = (u32)roll(l, count + 1);
	for (u32 i = 0; i < kept; i++) {
		u32 s = index_of(&list[i]->tx.sender);

		nonce[s]++;
		balance[s] -= (u128)u256_low128(&list[i]->cost) / (1 + roll(l, 4));
	}
	release(list, count);
	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		if (roll(l, 3) == 0)
			balance[s] = (u128)UNIT * roll(l, 30);
		accounts[s] = (struct account){ nonce[s], wide(balance[s]) };
		changes[s] = (struct account_change){ owners[s], accounts[s] };
		model_commit(&l->model, s, nonce[s], balance[s]);
	}
	mempool_committed(l->pool, changes, MODEL_SENDERS);
	model_expire(&l->model);
}

/* -- and the rest ------------------------------------------------------------------------------ */

static void set_account(struct life *l, u32 s, u64 nonce, u128 balance)
{
	accounts[s] = (struct account){ nonce, wide(balance) };
	model_commit(&l->model, s, nonce, balance);
}

/* A chain for tests went back. */
static void go_back(struct life *l)
{
	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		model_forget(&l->model, s);
		set_account(l, s, roll(l, 10), (u128)UNIT * roll(l, 40));
	}
	mempool_clear(l->pool);
}

static void drop_one(struct life *l)
{
	u32 s = (u32)roll(l, MODEL_SENDERS), n = (u32)(l->model.nonce[s] + roll(l, 8));

	mempool_drop(l->pool, &l->model.at[s][n].hash);
	l->model.at[s][n].is_there = false;
}

static void forget_one(struct life *l)
{
	u32 s = (u32)roll(l, MODEL_SENDERS);

	mempool_forget(l->pool, &owners[s]);
	model_forget(&l->model, s);
}

/* One account is edited, or another's transaction paid it. */
static void change_one(struct life *l)
{
	u32 s = (u32)roll(l, MODEL_SENDERS);
	u64 nonce = roll(l, 4) == 0 ? roll(l, l->model.nonce[s] + 3) : l->model.nonce[s];

	set_account(l, s, nonce, (u128)UNIT * roll(l, 30) + roll(l, 2));
	mempool_committed(l->pool, &(struct account_change){ owners[s], accounts[s] }, 1);
	model_expire(&l->model);
}

static void wait(struct life *l)
{
	pool_now = l->model.now_us += roll(l, 2) ? roll(l, 120) * 1000000 : roll(l, 3) * 3600 * 1000000;
}

static struct mempool *fresh_pool(struct life *l)
{
	struct mempool *m;

	l->model.max = 4 + roll(l, l->is_oracle_heavy ? 6 : 24);
	l->model.bytes_max = roll(l, 2) ? 600 + roll(l, 3000) : 1000000;
	m = make_bounded_pool(l->model.max, l->model.bytes_max);
	for (u32 s = 0; s < MODEL_SENDERS; s++)
		accounts[s] = (struct account){ l->model.nonce[s], wide(l->model.balance[s]) };
	l->model.expired_us = 0;
	return m;
}

/* What the file has is what the model has, and comes again as the model says. */
static void restart(struct life *l)
{
	struct model before = l->model;
	struct mempool_loaded loaded = { 0 };
	u32 saved = 0, admitted = 0;
	struct rlp all, items;
	char path[PATH_SIZE];
	struct bytes raw;
	size_t size;
	u8 *content;
	enum err e;

	assert_int_equal(mempool_save(l->pool, folder), OK);
	mempool_free(l->pool);
	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		for (u32 n = 0; n < MODEL_NONCES; n++)
			saved += before.at[s][n].is_there && !before.at[s][n].is_oracle;
		model_forget(&l->model, s);
	}
	l->pool = fresh_pool(l);
	assert_int_equal(path_join(path, folder, MEMPOOL_FILE), OK);
	e = file_read(&content, &size, path, MEMPOOL_FILE_SIZE_MAX);
	if (e == OK) {
		rlp_init(&all, (struct bytes){ content, size });
		assert_int_equal(rlp_read_list(&all, &items), OK);
		while (!rlp_is_done(&items)) {
			struct tx tx;
			u32 s;

			assert_int_equal(rlp_read_string(&items, &raw), OK);
			assert_int_equal(tx_decode(&tx, raw, CHAIN), OK);
			assert_int_equal(tx_recover(&tx), OK);
			s = index_of(&tx.sender);
			assert_int_equal(hash_cmp(&before.at[s][tx.nonce].hash, &tx.hash), 0);
			admitted += model_send(&l->model, s, tx.nonce, &before.at[s][tx.nonce], true) == OK;
			saved--;
		}
		free(content);
	}
	assert_int_equal(saved, 0);
	assert_int_equal(mempool_load(l->pool, &loaded, folder), e);
	assert_int_equal(loaded.admitted, admitted);
}

static void step(struct life *l)
{
	u64 kind = roll(l, 1000);

	if (kind < 880)
		send_one(l);
	else if (kind < 930)
		make_block(l);
	else if (kind < 955)
		drop_one(l);
	else if (kind < 980)
		change_one(l);
	else if (kind < 993)
		wait(l);
	else if (kind < 995)
		forget_one(l);
	else if (l->is_signed)
		restart(l);
	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		if (l->model.nonce[s] > NONCE_LAST)
			go_back(l);
	}
	compare(l);
}

static void live(u64 seed, bool is_signed)
{
	struct life *l = calloc(1, sizeof *l);

	assert_non_null(l);
	l->dice = seed;
	l->is_signed = is_signed;
	l->is_oracle_heavy = seed % 4 == 0;
	l->model.base_fee = FEE;
	for (u32 s = 0; s < MODEL_SENDERS; s++)
		l->model.balance[s] = (u128)UNIT * 20;
	pool_now = l->model.now_us = 0;
	l->pool = fresh_pool(l);
	for (u32 i = 0; i < STEPS; i++)
		step(l);
	mempool_free(l->pool);
	free(l);
}

static void live_often(u64 lives, bool is_signed)
{
	const char *asked = getenv("SEED");
	u64 first = asked ? strtoull(asked, NULL, 10) : 1;

	for (u64 seed = first; seed < first + lives; seed++) {
		print_message("seed %llu\n", (unsigned long long)seed);
		live(seed, is_signed);
	}
}

static void a_pool_does_what_its_model_does(void **unused)
{
	(void)unused;
	live_often(LIVES, false);
}

static void and_so_it_does_over_restarts(void **unused)
{
	(void)unused;
	live_often(LIVES_SIGNED, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pool_does_what_its_model_does),
		cmocka_unit_test_setup_teardown(and_so_it_does_over_restarts, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
