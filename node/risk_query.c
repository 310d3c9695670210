#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "contracts-native/lending/account.h"
#include "node/array.h"
#include "node/clock.h"
#include "node/env.h"
#include "node/risk_parts.h"
#include "node/source.h"

#define CLEAR_EVERY   256 /* accounts judged before the overlay is emptied */
#define JUDGE_GAS     1000000000u
#define WORKER_MEMORY ((size_t)1 << 30)
#define ARENA_MEMORY  ((size_t)64 << 20)

struct query {
	struct risk *risk;
	const struct risk_query *asked;
	struct weights weights;
	struct block_env env;
	/* Entries that no worker has taken, from the first on.  They are taken from the end, where new ones come
	 * and from where the index fills its gaps: none is passed over, and what is met twice is told once. */
	_Atomic size_t left;
};

/* What a worker takes out of the index at a time: copies, since the index moves on meanwhile. */
struct turn {
	u32 count, leg_count;
	struct entry at[RISK_TURN];
	struct leg legs[RISK_TURN * LEGS_MAX]; /* of entries with more than LEGS_INLINE */
};

struct worker {
	struct query *query;
	struct turn *turn;
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
	if (w->query->asked->change)
		w->query->asked->change->apply(w->query->asked->change->context, &w->state);
}

static enum err worker_init(struct worker *w, struct query *q)
{
	*w = (struct worker){ .query = q, .turn = malloc(sizeof *w->turn) };
	if (w->turn)
		w->turn->count = 0;
	source_init(&w->source, WORKER_MEMORY);
	source_init(&w->arena_source, ARENA_MEMORY);
	w->backing = w->source.backing;
	w->backing.read = worker_read;
	w->backing.more = worker_more;
	w->backing.context = w;
	state_init(&w->state, &w->backing);
	TRY(store_view_at(&w->source.view, q->risk->store, q->asked->height));
	worker_clear(w);
	return w->turn ? OK : ERR_FULL;
}

static void worker_free(struct worker *w)
{
	source_free(&w->source);
	source_free(&w->arena_source);
	free(w->turn);
	free(w->found);
}

/* -- the walk -------------------------------------------------------------------------------- */

static enum err keep(struct worker *w, const struct at_risk *a)
{
	struct at_risk *room = array_room(w->found, w->found_count, &w->found_capacity, sizeof *room);

	if (!room)
		return ERR_FULL;
	w->found = room;
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
	struct leg legs[LEGS_MAX];

	if (account_data(&call, &data, owner, &user) != OK)
		return state_is_full(&w->state) ? ERR_FULL : OK; /* a dead feed: nobody can liquidate */
	if (value_is_zero(data.debt) || wad_cmp(data.health, q->asked->bound) >= 0)
		return OK;
	at.health = data.health;
	at.collateral = data.collateral;
	at.debt = data.debt;
	risk_find_worst(&q->weights, &at, legs, legs_read(legs, &w->state, owner, &user));
	return keep(w, &at);
}

static bool is_same(const struct query *q, const struct entry *e)
{
	return e->changed_at <= q->asked->height;
}

static void copy(struct turn *t, const struct entry *e)
{
	struct entry *out = &t->at[t->count++];

	*out = *e;
	if (!e->more)
		return;
	out->more = t->legs + t->leg_count;
	memcpy(out->more, e->more, e->leg_count * sizeof *e->more);
	t->leg_count += e->leg_count;
}

/* Takes whoever must be judged among the next RISK_TURN entries.  false: there are no more. */
static bool take_turn(struct worker *w)
{
	struct query *q = w->query;
	struct risk *r = q->risk;
	size_t end, first;

	w->turn->count = w->turn->leg_count = 0;
	(void)pthread_rwlock_rdlock(&r->index_lock);
	end = atomic_load(&q->left);
	do
		first = end > RISK_TURN ? end - RISK_TURN : 0;
	while (!atomic_compare_exchange_weak(&q->left, &end, first));
	for (size_t i = first; i < end && i < r->count; i++) {
		const struct entry *e = entry_at(r, i);

		if (!is_same(q, e) || (e->has_debt && risk_may_be_below(&q->weights, e)))
			copy(w->turn, e);
	}
	(void)pthread_rwlock_unlock(&r->index_lock);
	return end > 0;
}

static enum err look_at(struct worker *w, const struct entry *e)
{
	if (++w->since_clear > CLEAR_EVERY)
		worker_clear(w);
	w->current = is_same(w->query, e) ? e : NULL;
	TRY(judge(w, &e->owner));
	w->current = NULL;
	return OK;
}

static void *walk(void *context)
{
	struct worker *w = context;

	do {
		if (clock_monotonic_us() > w->query->asked->deadline_us)
			w->error = ERR_TIMEOUT;
		for (u32 i = 0; i < w->turn->count && w->error == OK; i++)
			w->error = look_at(w, &w->turn->at[i]);
	} while (w->error == OK && take_turn(w));
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
		risk_weigh(&q->weights, &workers[0].state, q->env.time, q->asked->bound);
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

	TRY(store_header(q->risk->store, &header, &hash, q->asked->height));
	env_at(&q->env, q->risk->genesis, &header);
	return OK;
}

static u64 newest(struct risk *r)
{
	u64 height;

	(void)pthread_mutex_lock(&r->pending_lock);
	height = r->pending_height;
	(void)pthread_mutex_unlock(&r->pending_lock);
	return height;
}

/* Whether the index knows who had debt at a block.  ERR_NOT_FOUND: not yet; ERR_PRUNED: no longer. */
static enum err check_height(struct risk *r, u64 height)
{
	struct store_view view;

	return height > newest(r) ? ERR_NOT_FOUND : store_view_at(&view, r->store, height);
}

/* With walk_lock. */
static enum err search(struct query *q, struct at_risk **out, size_t *count)
{
	struct risk *r = q->risk;
	enum err e;

	TRY(set_env(q));
	TRY(check_height(r, q->asked->height));
	(void)pthread_rwlock_wrlock(&r->index_lock);
	e = risk_catch_up(r);
	atomic_init(&q->left, r->count);
	(void)pthread_rwlock_unlock(&r->index_lock);
	TRY(e);
	TRY(walk_all(q, out, count));
	/* Blocks were made meanwhile: what was read must not have been pruned under the walk. */
	e = check_height(r, q->asked->height);
	if (e != OK)
		free(*out);
	return e;
}

/* Sorts, and drops who stands in it twice. */
static void put_in_order(struct at_risk *all, size_t *count)
{
	size_t kept = 0;

	qsort(all, *count, sizeof *all, by_health);
	for (size_t i = 0; i < *count; i++) {
		if (kept == 0 || address_cmp(&all[kept - 1].owner, &all[i].owner) != 0)
			all[kept++] = all[i];
	}
	*count = kept;
}

static enum err list_all(struct risk *r, struct at_risk **out, size_t *count, const struct risk_query *asked)
{
	struct query *q = calloc(1, sizeof *q);
	struct timespec until = clock_at_us(asked->deadline_us);
	enum err e = ERR_TIMEOUT;

	if (!q)
		return ERR_FULL;
	q->risk = r;
	q->asked = asked;
	if (pthread_mutex_clocklock(&r->walk_lock, CLOCK_MONOTONIC, &until) == 0) {
		e = search(q, out, count);
		(void)pthread_mutex_unlock(&r->walk_lock);
	}
	free(q);
	if (e == OK)
		put_in_order(*out, count);
	return e;
}

enum err risk_list(struct risk *r, struct risk_page *out, const struct risk_query *asked)
{
	u64 offset = asked->offset;
	u32 limit = asked->limit;
	struct at_risk *all;
	size_t count;

	TRY(list_all(r, &all, &count, asked));
	if (offset > count)
		offset = count;
	if (limit > count - offset)
		limit = (u32)(count - offset);
	memmove(all, all + offset, limit * sizeof *all);
	*out = (struct risk_page){ .height = asked->height, .total = count, .count = limit, .at = all };
	return OK;
}

static u64 count_debtors(struct risk *r)
{
	u64 count = 0;

	(void)pthread_rwlock_rdlock(&r->index_lock);
	for (size_t i = 0; i < r->count; i++)
		count += entry_at(r, i)->has_debt;
	(void)pthread_rwlock_unlock(&r->index_lock);
	return count;
}

enum err risk_counts(struct risk *r, struct risk_counts *out, u64 deadline_us)
{
	struct risk_query below_1_1 = {
		.height = newest(r),
		.bound = wad_from_u64(1100000000000000000u),
		.deadline_us = deadline_us,
	};
	struct at_risk *all;
	size_t count;

	TRY(list_all(r, &all, &count, &below_1_1));
	*out = (struct risk_counts){ .below_1_1 = count, .accounts_with_debt = count_debtors(r) };
	while (out->below_one < count && wad_cmp(all[out->below_one].health, wad_one()) < 0)
		out->below_one++;
	free(all);
	return OK;
}
