#include "rpc/bands.h"

#include <stdlib.h>
#include <string.h>

#include "node/array.h"

struct bands {
	struct wad at[BANDS_MAX]; /* ascending */
	u32 count;
	u32 account_count; /* 0: everyone */
	struct address accounts[BAND_ACCOUNTS_MAX];
};

/* Health at one of the two blocks. */
struct standing {
	bool is_known; /* asked, or from the list */
	bool is_dead;  /* a price is missing: nobody can tell */
	struct u256 health;
};

struct crossing {
	struct address owner;
	struct standing before, after;
};

struct crossings {
	struct crossing *at;
	size_t count, capacity;
};

/* -- lists ------------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct at_risk *x = a, *y = b;

	return address_cmp(&x->owner, &y->owner);
}

static struct risk_list *list_oldest(struct risk_lists *r)
{
	struct risk_list *oldest = &r->at[0];

	for (size_t i = 1; i < RISK_PAGES; i++) {
		if (r->at[i].used < oldest->used)
			oldest = &r->at[i];
	}
	return oldest;
}

/* Everyone below the widest bound of all, or, if those are too many, below this one. */
static enum rpc_code page_at(struct rpc *c, struct risk_page *out, struct wad *bound, u64 height)
{
	struct risk_lists *r = c->risk_lists;
	struct risk_query asked = {
		.height = height,
		.bound = wad_cmp(r->widest, *bound) > 0 ? r->widest : *bound,
		.limit = RISK_PAGE_MAX,
		.deadline_us = c->deadline_us,
	};
	enum err e = node_at_risk(c->node, out, &asked);

	if (e == OK && out->total > out->count && wad_cmp(asked.bound, *bound) > 0) {
		free(out->at);
		asked.bound = *bound;
		e = node_at_risk(c->node, out, &asked);
	}
	if (e != OK)
		return rpc_fail_err(c, e);
	if (out->total > out->count) {
		free(out->at);
		return rpc_fail(c, RPC_SERVER, "more than %d accounts are below the bands: name some, or lower them",
				RISK_PAGE_MAX);
	}
	r->widest = *bound = asked.bound;
	return RPC_OK;
}

enum rpc_code risk_list_at(struct rpc *c, const struct risk_list **out, u64 height, struct wad bound)
{
	struct risk_lists *r = c->risk_lists;
	struct risk_list *l;
	struct risk_page page;
	struct header header;
	struct hash hash;
	enum err e;

	if (!r)
		r = c->risk_lists = calloc(1, sizeof *r);
	if (!r)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	e = store_header(node_store(c->node), &header, &hash, height);
	if (e != OK)
		return rpc_fail_err(c, e);
	for (size_t i = 0; i < RISK_PAGES; i++) {
		l = &r->at[i];
		if (l->used == 0 || hash_cmp(&l->block, &hash) != 0 || wad_cmp(l->bound, bound) < 0)
			continue;
		l->used = ++r->clock;
		*out = l;
		return RPC_OK;
	}
	RPC_TRY(page_at(c, &page, &bound, height));
	l = list_oldest(r);
	free(l->at);
	qsort(page.at, page.count, sizeof page.at[0], by_address);
	*l = (struct risk_list){ hash, bound, page.at, page.count, ++r->clock };
	*out = l;
	return RPC_OK;
}

void risk_lists_free(struct risk_lists *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < RISK_PAGES; i++)
		free(r->at[i].at);
	free(r);
}

/* -- what is asked for ---------------------------------------------------------------- */

static enum rpc_code read_bands(struct rpc *c, struct bands *out, const json_t *v)
{
	const struct wad most = wad_from_u64(2000000000000000000u);

	out->count = 1;
	out->at[0] = wad_one();
	if (!v || json_is_null(v))
		return RPC_OK;
	if (!json_is_array(v) || json_array_size(v) == 0 || json_array_size(v) > BANDS_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid bands: an array of 1 to %d is wanted", BANDS_MAX);
	out->count = (u32)json_array_size(v);
	for (u32 i = 0; i < out->count; i++) {
		RPC_TRY(value_wad(c, &out->at[i], json_array_get(v, i), "bands"));
		if (wad_is_zero(out->at[i]) || wad_cmp(out->at[i], most) > 0)
			return rpc_fail(c, RPC_INVALID_PARAMS, "invalid bands: above 0 and up to 2");
		if (i > 0 && wad_cmp(out->at[i - 1], out->at[i]) >= 0)
			return rpc_fail(c, RPC_INVALID_PARAMS, "invalid bands: they must ascend");
	}
	return RPC_OK;
}

static enum rpc_code read_accounts(struct rpc *c, struct bands *out, const json_t *v)
{
	if (!v || json_is_null(v))
		return RPC_OK;
	if (!json_is_array(v) || json_array_size(v) == 0 || json_array_size(v) > BAND_ACCOUNTS_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid accounts: an array of 1 to %d is wanted",
				BAND_ACCOUNTS_MAX);
	out->account_count = (u32)json_array_size(v);
	for (u32 i = 0; i < out->account_count; i++)
		RPC_TRY(value_address(c, &out->accounts[i], json_array_get(v, i), "accounts"));
	return RPC_OK;
}

static enum rpc_code check_count(struct rpc *c, const struct bands *b, const struct subscription *s)
{
	u32 count = 0;

	for (const struct subscription *x = s->owner->first; x; x = x->next)
		count += x->stream == s->stream && ((struct bands *)x->wants)->account_count == 0;
	if (b->account_count == 0 && count >= BAND_STREAMS_MAX)
		return rpc_fail(c, RPC_SERVER, "too many subscriptions: limited to %d for all accounts a connection",
				BAND_STREAMS_MAX);
	return RPC_OK;
}

static enum rpc_code bands_begin(struct rpc *c, struct subscription *s)
{
	struct bands *b = calloc(1, sizeof *b);

	s->wants = b;
	if (!b)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	RPC_TRY(read_bands(c, b, json_object_get(param(c, 1), "bands")));
	RPC_TRY(read_accounts(c, b, json_object_get(param(c, 1), "accounts")));
	return check_count(c, b, s);
}

/* -- who may have crossed ------------------------------------------------------------------ */

static bool is_below(const struct standing *s, struct wad band)
{
	return s->is_known && !s->is_dead && wad_cmp(wad_from(s->health), band) < 0;
}

/* Whether a standing that was not in the list may have to be asked for. */
static bool may_cross(const struct bands *b, const struct crossing *x)
{
	if (!x->before.is_known || !x->after.is_known)
		return is_below(x->before.is_known ? &x->before : &x->after, b->at[b->count - 1]);
	for (u32 i = 0; i < b->count; i++) {
		if (is_below(&x->before, b->at[i]) != is_below(&x->after, b->at[i]))
			return true;
	}
	return false;
}

static bool crossing_add(struct crossings *all, const struct crossing *x)
{
	struct crossing *room = array_room(all->at, all->count, &all->capacity, sizeof *room);

	if (!room)
		return false;
	all->at = room;
	all->at[all->count++] = *x;
	return true;
}

static struct standing standing_of(const struct at_risk *a)
{
	return (struct standing){ .is_known = true, .health = wad_raw(a->health) };
}

/* Walks both lists side by side. */
static bool find_in_lists(struct crossings *all, const struct bands *b, const struct risk_list *was,
			  const struct risk_list *is)
{
	u64 i = 0, j = 0;

	while (i < was->count || j < is->count) {
		int order = i == was->count ? 1 : j == is->count ? -1
								 : address_cmp(&was->at[i].owner, &is->at[j].owner);
		struct crossing x = { .owner = order <= 0 ? was->at[i].owner : is->at[j].owner };

		if (order <= 0)
			x.before = standing_of(&was->at[i++]);
		if (order >= 0)
			x.after = standing_of(&is->at[j++]);
		if (may_cross(b, &x) && !crossing_add(all, &x))
			return false;
	}
	return true;
}

static enum rpc_code find(struct rpc *c, struct crossings *all, const struct bands *b, u64 before, u64 height)
{
	struct wad widest = b->at[b->count - 1];
	const struct risk_list *was, *is;

	for (u32 i = 0; i < b->account_count; i++) {
		struct crossing x = { .owner = b->accounts[i] };

		if (!crossing_add(all, &x))
			return rpc_fail(c, RPC_SERVER, "out of memory");
	}
	if (b->account_count > 0)
		return RPC_OK;
	RPC_TRY(risk_list_at(c, &was, before, widest));
	RPC_TRY(risk_list_at(c, &is, height, widest));
	return find_in_lists(all, b, was, is) ? RPC_OK : rpc_fail(c, RPC_SERVER, "out of memory");
}

/* -- asking, telling ------------------------------------------------------------------------- */

static void ask(struct rpc *c, struct standing *out, const struct address *owner)
{
	size_t scratch = c->scratch_size;
	struct account_totals totals;

	if (out->is_known)
		return;
	out->is_known = true;
	out->is_dead = account_totals_ask(c, &totals, owner) != RPC_OK;
	if (!out->is_dead)
		out->health = totals.health;
	c->scratch_size = scratch;
}

struct prices {
	u16 count;
	struct u256 at[GENESIS_RESERVES_MAX];
};

static void read_prices(struct rpc *c, struct prices *out)
{
	struct market m;

	out->count = market_count(c);
	for (u16 i = 0; i < out->count && i < GENESIS_RESERVES_MAX; i++)
		out->at[i] = market_read(c, &m, i) ? m.feed.answer : U256_ZERO;
}

/* The prices that moved, of what the account holds or owes. */
static void write_prices(struct rpc *c, const struct address *owner, const struct prices *was)
{
	struct market m;
	struct user user;

	(void)user_read(&c->reader.state, &(struct user_key){ *owner }, &user);
	jw_array(&c->out, "prices");
	for (u16 i = 0; i < was->count && i < GENESIS_RESERVES_MAX; i++) {
		bool is_used = u256_bit(&user.configuration, 2u * i) || u256_bit(&user.configuration, 2u * i + 1);

		if (!is_used || !market_read(c, &m, i) || u256_equal(&m.feed.answer, &was->at[i]))
			continue;
		jw_object(&c->out, NULL);
		jw_address(&c->out, "asset", &m.asset);
		market_symbol(&c->out, "symbol", &m);
		jw_scaled(&c->out, "before", &was->at[i], 8);
		jw_scaled(&c->out, "after", &m.feed.answer, 8);
		jw_end(&c->out);
	}
	jw_end(&c->out);
}

static void write_health(struct rpc *c, const char *key, const struct standing *s)
{
	if (s->is_dead)
		jw_null(&c->out, key);
	else
		health_write_wad(&c->out, key, &s->health);
}

static void tell(struct rpc *c, struct subscription *s, u64 height, const struct crossing *x,
		 const struct prices *was)
{
	const struct bands *b = s->wants;

	stream_result_begin(c, s, height);
	jw_number(&c->out, "time", c->reader.env.time);
	jw_address(&c->out, "account", &x->owner);
	write_health(c, "healthBefore", &x->before);
	write_health(c, "healthAfter", &x->after);
	jw_array(&c->out, "bands");
	for (u32 i = 0; i < b->count; i++) {
		struct u256 raw = wad_raw(b->at[i]);

		if (is_below(&x->before, b->at[i]) != is_below(&x->after, b->at[i]))
			jw_scaled(&c->out, NULL, &raw, 18);
	}
	jw_end(&c->out);
	write_prices(c, &x->owner, was);
	stream_result_end(c, s);
}

static enum rpc_code tell_all(struct rpc *c, struct subscription *s, struct crossings *all, u64 before, u64 height)
{
	struct prices was;

	if (all->count == 0)
		return RPC_OK;
	RPC_TRY(stream_read_at(c, before));
	read_prices(c, &was);
	for (size_t i = 0; i < all->count; i++) {
		RPC_TRY(rpc_check_time(c));
		ask(c, &all->at[i].before, &all->at[i].owner);
	}
	RPC_TRY(stream_read_at(c, height));
	for (size_t i = 0; i < all->count; i++) {
		struct crossing *x = &all->at[i];

		RPC_TRY(rpc_check_time(c));
		ask(c, &x->after, &x->owner);
		/* Nobody can be said to have recovered while a price is missing. */
		if (!x->after.is_dead && may_cross(s->wants, x))
			tell(c, s, height, x, &was);
	}
	return RPC_OK;
}

/* -- blocks -------------------------------------------------------------------------------------- */

static enum rpc_code is_compared(struct rpc *c, bool *out, u64 height)
{
	bool is_empty;

	RPC_TRY(stream_block_is_empty(c, &is_empty, height));
	*out = !is_empty || height % BAND_EMPTY_BLOCKS == 0;
	return RPC_OK;
}

static enum rpc_code bands_block(struct rpc *c, struct subscription *s, u64 height)
{
	struct crossings all = { NULL, 0, 0 };
	u64 before = height;
	enum rpc_code code;
	bool is_wanted;

	RPC_TRY(is_compared(c, &is_wanted, height));
	if (!is_wanted || height == 0)
		return RPC_OK;
	do
		RPC_TRY(is_compared(c, &is_wanted, --before));
	while (!is_wanted);
	code = find(c, &all, s->wants, before, height);
	if (code == RPC_OK)
		code = tell_all(c, s, &all, before, height);
	free(all.at);
	return code;
}

const struct stream STREAM_HEALTH_BANDS = { "healthBands", PLIMSOLL_SUBSCRIPTION, bands_begin, bands_block, NULL, false, REPLAY_STATES, "bands accounts fromBlock" };
