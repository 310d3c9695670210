#ifndef TESTS_NODE_POOL_MODEL_H
#define TESTS_NODE_POOL_MODEL_H

/* What node/mempool.h promises, written a second time and plainly: a table of senders and nonces, and everything
 * that follows from it found by looking at all of it again.  Amounts are small enough for 128 bits. */

#include "node/mempool.h"

#define MODEL_SENDERS 6
#define MODEL_NONCES  160

struct model_tx {
	bool is_there, is_oracle, is_told;
	u64 fee, tip; /* as it says, wei a gas */
	u128 cost;
	u64 arrival, admitted_us;
	size_t size;
	struct hash hash;
};

struct model {
	size_t max, bytes_max;
	u64 nonce[MODEL_SENDERS];
	u128 balance[MODEL_SENDERS];
	struct model_tx at[MODEL_SENDERS][MODEL_NONCES];
	u64 arrivals, now_us, expired_us, base_fee;
	struct hash told[MODEL_SENDERS * MODEL_NONCES]; /* in the last step */
	u32 told_count;
};

/* -- what follows from the table ------------------------------------------------------------------ */

/* The first nonce of s that is not pending. */
static inline u32 model_ready(const struct model *m, u32 s, u128 *cost)
{
	u32 n = (u32)m->nonce[s];
	u128 sum = 0;

	for (; n < MODEL_NONCES && m->at[s][n].is_there && sum + m->at[s][n].cost <= m->balance[s]; n++)
		sum += m->at[s][n].cost;
	if (cost)
		*cost = sum;
	return n;
}

/* The first nonce of s that is not one of the calls in front. */
static inline u32 model_front(const struct model *m, u32 s)
{
	u32 n = (u32)m->nonce[s];

	while (n < MODEL_NONCES && m->at[s][n].is_there && m->at[s][n].is_oracle)
		n++;
	return n;
}

static inline u64 model_tip(const struct model *m, const struct model_tx *t)
{
	u64 most = t->fee - m->base_fee;

	return t->tip < most ? t->tip : most;
}

static inline u64 model_rank(const struct model *m, u32 s, u32 nonce)
{
	u64 rank = model_tip(m, &m->at[s][nonce]);

	for (u32 n = model_front(m, s); n < nonce; n++) {
		if (m->at[s][n].is_there && model_tip(m, &m->at[s][n]) < rank)
			rank = model_tip(m, &m->at[s][n]);
	}
	return rank;
}

static inline void model_sum(const struct model *m, size_t *count, size_t *bytes)
{
	*count = *bytes = 0;
	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		for (u32 n = 0; n < MODEL_NONCES; n++) {
			*count += m->at[s][n].is_there;
			*bytes += m->at[s][n].is_there ? m->at[s][n].size : 0;
		}
	}
}

/* -- eviction ------------------------------------------------------------------------------------- */

struct model_place {
	u32 sender, nonce;
};

static inline bool model_leaves_before(const struct model *m, struct model_place a, struct model_place b)
{
	bool a_pends = a.nonce < model_ready(m, a.sender, NULL), b_pends = b.nonce < model_ready(m, b.sender, NULL);
	u64 x = model_rank(m, a.sender, a.nonce), y = model_rank(m, b.sender, b.nonce);

	if (a_pends != b_pends)
		return b_pends;
	if (x != y)
		return x < y;
	return m->at[a.sender][a.nonce].arrival > m->at[b.sender][b.nonce].arrival;
}

/* Who of the others leaves first when those of each sender from end[s] on have left.  false: nobody may. */
static inline bool model_first(const struct model *m, struct model_place *out, u32 except, const u32 *end)
{
	bool is_found = false;

	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		struct model_place p = { s, end[s] };

		if (s == except)
			continue;
		while (p.nonce > 0 && !m->at[s][p.nonce - 1].is_there)
			p.nonce--;
		if (p.nonce-- == 0 || (p.nonce < model_front(m, s) && p.nonce < model_ready(m, s, NULL)))
			continue;
		if (!is_found || model_leaves_before(m, p, *out))
			*out = p;
		is_found = true;
	}
	return is_found;
}

static inline bool model_is_within(const struct model *m, bool is_oracle, size_t count, size_t bytes)
{
	size_t spare = is_oracle ? 64 : 0, now_count, now_bytes;

	model_sum(m, &now_count, &now_bytes);
	return (count <= m->max + spare || count <= now_count) &&
	       (bytes <= m->bytes_max + spare * (128 << 10) || bytes <= now_bytes);
}

/* The table with t at a place and without who leaves for it.  false: there is no room. */
static inline bool model_room(struct model *m, u32 s, u32 nonce, const struct model_tx *t)
{
	struct model_place gone[16], fresh = { s, nonce }, p;
	struct model_tx old = m->at[s][nonce];
	u32 end[MODEL_SENDERS], count_gone = 0;
	size_t count, bytes;
	bool is_worth_it;

	for (u32 i = 0; i < MODEL_SENDERS; i++)
		end[i] = MODEL_NONCES;
	model_sum(m, &count, &bytes);
	count += !old.is_there;
	bytes += t->size - (old.is_there ? old.size : 0);
	while (!model_is_within(m, t->is_oracle, count, bytes)) {
		if (count_gone == 16 || !model_first(m, &p, s, end))
			return false;
		m->at[s][nonce] = *t;
		is_worth_it = model_leaves_before(m, p, fresh);
		m->at[s][nonce] = old;
		if (!is_worth_it)
			return false;
		gone[count_gone++] = p;
		end[p.sender] = p.nonce;
		count--;
		bytes -= m->at[p.sender][p.nonce].size;
	}
	m->at[s][nonce] = *t;
	for (u32 i = 0; i < count_gone; i++)
		m->at[gone[i].sender][gone[i].nonce].is_there = false;
	return true;
}

/* -- steps ------------------------------------------------------------------------------------------ */

static inline void model_tell(struct model *m, u32 s)
{
	u32 ready = model_ready(m, s, NULL);

	for (u32 n = (u32)m->nonce[s]; n < ready; n++) {
		if (!m->at[s][n].is_told)
			m->told[m->told_count++] = m->at[s][n].hash;
		m->at[s][n].is_told = true;
	}
}

static inline void model_expire(struct model *m)
{
	if (m->now_us - m->expired_us < 60 * 1000000ull)
		return;
	m->expired_us = m->now_us;
	for (u32 s = 0; s < MODEL_SENDERS; s++) {
		for (u32 n = model_ready(m, s, NULL); n < MODEL_NONCES; n++) {
			if (m->now_us - m->at[s][n].admitted_us > 3 * 3600 * 1000000ull)
				m->at[s][n].is_there = false;
		}
	}
}

/* Above old by a tenth, rounded down. */
static inline bool model_is_bump(u64 fee, u64 old)
{
	return fee > old && 100 * (fee + 1) > 110 * old;
}

static inline enum err model_check(const struct model *m, u32 s, u64 nonce, const struct model_tx *t, bool is_restored)
{
	const struct model_tx *old;
	u128 cost;
	u32 ready = model_ready(m, s, &cost);

	if (nonce < m->nonce[s])
		return ERR_TX_NONCE_LOW;
	if (t->cost > m->balance[s])
		return ERR_TX_FUNDS;
	old = &m->at[s][nonce];
	if (nonce < ready)
		cost -= old->cost;
	if (cost + t->cost > m->balance[s] && !is_restored)
		return ERR_TX_FUNDS;
	if (old->is_there)
		return model_is_bump(t->fee, old->fee) && model_is_bump(t->tip, old->tip) ? OK : ERR_TX_UNDERPRICED;
	return nonce > ready + 64 && !is_restored ? ERR_TX_NONCE_HIGH : OK;
}

/* Requires nonce < MODEL_NONCES. */
static inline enum err model_send(struct model *m, u32 s, u64 nonce, const struct model_tx *fresh, bool is_restored)
{
	struct model_tx t = *fresh;
	enum err e;

	if (m->at[s][nonce].is_there && hash_cmp(&m->at[s][nonce].hash, &t.hash) == 0)
		return ERR_TX_KNOWN;
	model_expire(m);
	e = model_check(m, s, nonce, &t, is_restored);
	if (e != OK)
		return e;
	t.is_there = true;
	t.is_told = false;
	t.arrival = m->arrivals;
	t.admitted_us = m->now_us;
	if (!model_room(m, s, (u32)nonce, &t))
		return ERR_TX_POOL_FULL;
	m->arrivals++;
	model_tell(m, s);
	return OK;
}

static inline void model_forget(struct model *m, u32 s)
{
	for (u32 n = 0; n < MODEL_NONCES; n++)
		m->at[s][n].is_there = false;
}

static inline void model_commit(struct model *m, u32 s, u64 nonce, u128 balance)
{
	if (nonce < m->nonce[s])
		model_forget(m, s);
	m->nonce[s] = nonce;
	m->balance[s] = balance;
	for (u32 n = 0; n < MODEL_NONCES; n++) {
		if (n < nonce || m->at[s][n].cost > balance)
			m->at[s][n].is_there = false;
	}
	model_tell(m, s);
}

#endif
