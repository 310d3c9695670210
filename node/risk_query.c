#include <stdlib.h>
#include <string.h>

#include "contracts-native/lending/account.h"
#include "node/risk_parts.h"
#include "node/source.h"

#define MARGIN        1e-9 /* relative; doubles keep 1e-15 a step, and steps are few */
#define CLEAR_EVERY   256  /* accounts judged before the overlay is emptied */
#define JUDGE_GAS     1000000000u
#define WORKER_MEMORY ((size_t)1 << 30)
#define ARENA_MEMORY  ((size_t)64 << 20)

/* What a unit of every reserve weighs at one block; dollars have 8 decimals. */
struct weights {
	double supply[RISK_RESERVES]; /* of one scaled unit */
	double debt[RISK_RESERVES];
	double dust[RISK_RESERVES];      /* most that rounding can take: one base unit and one cent's cent */
	bool is_dead[RISK_RESERVES];     /* no price: nobody in it can be judged */
	double threshold[RISK_RESERVES]; /* bps outside e-modes */
	double emode_threshold[256];
	struct u128le emode_collateral[256];
};

struct query {
	struct risk *risk;
	struct weights weights;
	struct block_env env;
	u64 height;
	struct wad bound;
	const struct risk_change *change; /* NULL: the block as it was */
	double bound_ratio;
	size_t next; /* first entry no worker has taken */
	pthread_mutex_t lock;
};

struct worker {
	struct query *query;
	struct source source; /* backing.read is replaced below */
	struct source arena_source;
	struct state_backing backing;
	struct state state;
	struct arena arena;
	struct log_list logs;
	const struct entry *current; /* whose records come from the index; NULL: nobody's */
	u32 since_clear;
	struct at_risk *found;
	size_t found_count, found_capacity;
	enum err error;
};

/* -- records ------------------------------------------------------------------------------ */

static void position_from_entry(struct position *out, const struct entry *e, u16 reserve)
{
	const struct leg *legs = legs_of(e);

	*out = (struct position){ 0 };
	for (u32 i = 0; i < e->leg_count; i++) {
		if (legs[i].reserve != reserve)
			continue;
		memcpy(legs[i].is_debt ? &out->scaled_debt : &out->scaled_supply, legs[i].scaled,
		       sizeof out->scaled_debt);
	}
}

/* The store's records, but for the account in hand those of the index: what was committed, too. */
static bool worker_read(void *context, struct bytes key, void *value, size_t value_size)
{
	struct worker *w = context;
	const struct entry *e = w->current;
	struct position_key position;
	struct position p;
	struct user user;

	if (!e || (key.at[0] != TABLE_user && key.at[0] != TABLE_position) ||
	    memcmp(key.at + key.size - sizeof e->owner, &e->owner, sizeof e->owner) != 0)
		return store_view_read(&w->source.view, key, value, value_size);
	if (key.at[0] == TABLE_user) {
		memset(&user, 0, sizeof user);
		user.configuration = e->configuration;
		user.emode = e->emode;
		memcpy(value, &user, value_size);
		return true;
	}
	memcpy(&position, key.at + 1, sizeof position);
	position_from_entry(&p, e, position.reserve);
	memcpy(value, &p, value_size);
	return true;
}

static void *worker_more(void *context, size_t size)
{
	struct worker *w = context;

	return pile_take(&w->source.memory, size);
}

static void worker_clear(struct worker *w)
{
	state_clear(&w->state, &w->backing);
	pile_rewind(&w->arena_source.memory);
	arena_init(&w->arena, &w->arena_source.backing);
	w->logs = (struct log_list){ 0 };
	w->since_clear = 0;
	if (w->query->change)
		w->query->change->apply(w->query->change->context, &w->state);
}

static enum err worker_init(struct worker *w, struct query *q)
{
	*w = (struct worker){ .query = q };
	source_init(&w->source, WORKER_MEMORY);
	source_init(&w->arena_source, ARENA_MEMORY);
	w->backing = w->source.backing;
	w->backing.read = worker_read;
	w->backing.more = worker_more;
	w->backing.context = w;
	state_init(&w->state, &w->backing);
	TRY(store_view_at(&w->source.view, q->risk->store, q->height));
	worker_clear(w);
	return OK;
}

static void worker_free(struct worker *w)
{
	source_free(&w->source);
	source_free(&w->arena_source);
	free(w->found);
}

/* -- weights --------------------------------------------------------------------------------- */

static double to_double(struct u256 x)
{
	return u256_to_double(&x);
}

static void weigh_reserve(struct weights *out, struct state *s, u16 id, u64 now)
{
	struct reserve_open m;
	struct ray income, debt_index;
	struct price price;
	double unit_price;

	reserve_load(s, &m, id);
	out->is_dead[id] = reserve_price(s, &price, &m.r) != OK ||
			   reserve_income(&income, &m.r, now) != OK ||
			   reserve_debt_index(&debt_index, &m.r, now) != OK;
	if (out->is_dead[id])
		return;
	unit_price = to_double(price_raw(price)) / to_double(amount_raw(m.unit));
	out->supply[id] = to_double(ray_raw(income)) * 1e-27 * unit_price;
	out->debt[id] = to_double(ray_raw(debt_index)) * 1e-27 * unit_price;
	out->dust[id] = unit_price + 1;
	out->threshold[id] = (double)reserve_config(&m, CONFIG_LIQUIDATION_THRESHOLD);
}

static void weigh(struct weights *out, struct state *s, u64 now)
{
	u16 count = reserve_count(s);

	for (u16 id = 0; id < count && id < RISK_RESERVES; id++)
		weigh_reserve(out, s, id, now);
	for (u32 id = 1; id < 256; id++) {
		struct emode e;

		(void)emode_read(s, &(struct emode_key){ (u8)id }, &e);
		out->emode_threshold[id] = e.liquidation_threshold;
		out->emode_collateral[id] = e.collateral;
	}
}

static double threshold_of(const struct weights *w, u8 emode, u16 reserve)
{
	if (emode != 0 && emode_has(w->emode_collateral[emode], reserve))
		return w->emode_threshold[emode];
	return w->threshold[reserve];
}

/* -- the walk -------------------------------------------------------------------------------- */

static double leg_scaled(const struct leg *leg)
{
	return (double)leg->scaled[1] * 0x1p64 + (double)leg->scaled[0];
}

/* Whether the exact health might be below the bound. */
static bool is_candidate(const struct query *q, const struct entry *e)
{
	const struct weights *w = &q->weights;
	const struct leg *legs = legs_of(e);
	double backing = 0, debt = 0, dust_backing = 0, dust_debt = 0;

	for (u32 i = 0; i < e->leg_count; i++) {
		u16 id = legs[i].reserve;
		double scaled = leg_scaled(&legs[i]), bps;

		if (w->is_dead[id])
			return false;
		if (legs[i].is_debt) {
			debt += scaled * w->debt[id];
			dust_debt += w->dust[id];
		} else {
			bps = threshold_of(w, e->emode, id);
			backing += scaled * w->supply[id] * bps;
			dust_backing += w->dust[id] * bps;
		}
	}
	return backing * (1 - MARGIN) - dust_backing <=
	       (debt * (1 + MARGIN) + dust_debt) * q->bound_ratio * 10000;
}

/* The reserves with the most value on either side: for people, so doubles will do. */
static void find_worst(const struct query *q, struct at_risk *out, const struct leg *legs, u32 count)
{
	double most_debt = 0, most_collateral = 0;

	out->worst_debt = out->worst_collateral = UINT16_MAX;
	for (u32 i = 0; i < count; i++) {
		u16 id = legs[i].reserve;
		double value = leg_scaled(&legs[i]) *
			       (legs[i].is_debt ? q->weights.debt[id] : q->weights.supply[id]);
		double *most = legs[i].is_debt ? &most_debt : &most_collateral;
		u16 *worst = legs[i].is_debt ? &out->worst_debt : &out->worst_collateral;

		if (value <= *most)
			continue;
		*most = value;
		*worst = id;
	}
}

static enum err keep(struct worker *w, const struct at_risk *a)
{
	size_t capacity = w->found_capacity ? 2 * w->found_capacity : 256;
	struct at_risk *grown;

	if (w->found_count == w->found_capacity) {
		grown = realloc(w->found, capacity * sizeof *grown);
		if (!grown)
			return ERR_FULL;
		w->found = grown;
		w->found_capacity = capacity;
	}
	w->found[w->found_count++] = *a;
	return OK;
}

/* Asks the consensus function; keeps who is below the bound. */
static enum err judge(struct worker *w, const struct address *owner)
{
	struct query *q = w->query;
	struct exec exec = {
		.state = &w->state,
		.block = &q->env,
		.arena = &w->arena,
		.logs = &w->logs,
		.gas_left = JUDGE_GAS,
	};
	struct call call = { .exec = &exec, .state = &w->state, .is_static = true };
	struct user user = user_of(&w->state, owner);
	struct account_data data;
	struct at_risk at = { .owner = *owner };
	struct leg legs[2 * RISK_RESERVES];

	if (account_data(&call, &data, owner, &user) != OK)
		return state_is_full(&w->state) ? ERR_FULL : OK; /* a dead feed: nobody can liquidate */
	if (value_is_zero(data.debt) || wad_cmp(data.health, q->bound) >= 0)
		return OK;
	at.health = data.health;
	at.collateral = data.collateral;
	at.debt = data.debt;
	find_worst(q, &at, legs, legs_read(legs, &w->state, owner, &user));
	return keep(w, &at);
}

static enum err look_at(struct worker *w, const struct entry *e)
{
	bool is_same = e->changed_at <= w->query->height;

	if (is_same && (!e->has_debt || !is_candidate(w->query, e)))
		return OK;
	if (++w->since_clear > CLEAR_EVERY)
		worker_clear(w);
	w->current = is_same ? e : NULL;
	TRY(judge(w, &e->owner));
	w->current = NULL;
	return OK;
}

static void *walk(void *context)
{
	struct worker *w = context;
	struct query *q = w->query;

	while (w->error == OK) {
		size_t first;

		(void)pthread_mutex_lock(&q->lock);
		first = q->next;
		q->next += RISK_CHUNK;
		(void)pthread_mutex_unlock(&q->lock);
		if (first >= q->risk->count)
			break;
		for (size_t i = first; i < q->risk->count && i < first + RISK_CHUNK && w->error == OK; i++)
			w->error = look_at(w, entry_at(q->risk, i));
	}
	return NULL;
}

/* -- the list ------------------------------------------------------------------------------------ */

static int by_health(const void *a, const void *b)
{
	const struct at_risk *x = a, *y = b;
	int order = wad_cmp(x->health, y->health);

	return order != 0 ? order : address_cmp(&x->owner, &y->owner);
}

/* Everyone below the bound, unsorted. */
static enum err walk_all(struct query *q, struct at_risk **out, size_t *count)
{
	struct worker workers[RISK_THREADS];
	pthread_t thread;
	bool has_helper;
	enum err e = OK;
	size_t total = 0;

	for (u32 i = 0; i < RISK_THREADS; i++) {
		enum err init = worker_init(&workers[i], q);

		e = e != OK ? e : init;
	}
	if (e == OK) {
		weigh(&q->weights, &workers[0].state, q->env.time);
		has_helper = pthread_create(&thread, NULL, walk, &workers[1]) == 0;
		(void)walk(&workers[0]);
		if (has_helper)
			(void)pthread_join(thread, NULL);
	}
	for (u32 i = 0; i < RISK_THREADS; i++) {
		e = e != OK ? e : workers[i].error;
		total += workers[i].found_count;
	}
	*out = e == OK ? malloc((total + 1) * sizeof(**out)) : NULL;
	e = e == OK && !*out ? ERR_FULL : e;
	*count = 0;
	for (u32 i = 0; i < RISK_THREADS; i++) {
		if (e == OK && workers[i].found_count > 0)
			memcpy(*out + *count, workers[i].found, workers[i].found_count * sizeof(**out));
		*count += workers[i].found_count;
		worker_free(&workers[i]);
	}
	return e;
}

static enum err set_env(struct query *q)
{
	struct header header;
	struct hash hash;
	const struct genesis *g = q->risk->genesis;

	TRY(store_header(q->risk->store, &header, &hash, q->height));
	q->env = (struct block_env){
		.chain_id = g->chain_id,
		.height = header.number,
		.time = header.time,
		.gas_limit = header.gas_limit,
		.base_fee = header.base_fee,
		.coinbase = header.coinbase,
		.parent = header.parent,
		.devnet = g->devnet,
	};
	return OK;
}

static enum err list_all(struct risk *r, struct at_risk **out, size_t *count, u64 height, struct wad bound,
			 const struct risk_change *change)
{
	struct query *q = calloc(1, sizeof *q);
	enum err e;

	if (!q)
		return ERR_FULL;
	q->risk = r;
	q->height = height;
	q->bound = bound;
	q->change = change;
	q->bound_ratio = to_double(wad_raw(bound)) * 1e-18;
	(void)pthread_mutex_init(&q->lock, NULL);
	e = set_env(q);
	(void)pthread_mutex_lock(&r->index_lock);
	if (e == OK)
		e = risk_catch_up(r);
	if (e == OK)
		e = walk_all(q, out, count);
	(void)pthread_mutex_unlock(&r->index_lock);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
	if (e == OK)
		qsort(*out, *count, sizeof(**out), by_health);
	return e;
}

enum err risk_list(struct risk *r, struct risk_page *out, u64 height, struct wad bound, u64 offset, u32 limit,
		   const struct risk_change *change)
{
	struct at_risk *all;
	size_t count;

	TRY(list_all(r, &all, &count, height, bound, change));
	if (offset > count)
		offset = count;
	if (limit > count - offset)
		limit = (u32)(count - offset);
	memmove(all, all + offset, limit * sizeof *all);
	*out = (struct risk_page){ .height = height, .total = count, .count = limit, .at = all };
	return OK;
}

static u64 count_debtors(struct risk *r)
{
	u64 count = 0;

	(void)pthread_mutex_lock(&r->index_lock);
	for (size_t i = 0; i < r->count; i++)
		count += entry_at(r, i)->has_debt;
	(void)pthread_mutex_unlock(&r->index_lock);
	return count;
}

struct risk_counts risk_counts(struct risk *r)
{
	struct risk_counts counts = { 0 };
	struct store_head head;
	struct wad bound = wad_from_u64(1100000000000000000u);
	struct at_risk *all;
	size_t count;

	if (!store_head(r->store, &head) || list_all(r, &all, &count, head.header.number, bound, NULL) != OK)
		return counts;
	counts.below_1_1 = count;
	while (counts.below_one < count && wad_cmp(all[counts.below_one].health, wad_one()) < 0)
		counts.below_one++;
	free(all);
	counts.accounts_with_debt = count_debtors(r);
	return counts;
}
