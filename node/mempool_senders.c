#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/array.h"
#include "node/clock.h"
#include "node/mempool_parts.h"

/* -- senders ------------------------------------------------------------------------------- */

static bool is_owner(const void *item, const void *key)
{
	const struct sender *s = item;

	return address_cmp(&s->owner, key) == 0;
}

static u64 owner_digest(const struct mempool *m, const struct address *owner)
{
	return index_digest(&m->by_owner, (struct bytes){ owner->bytes, sizeof owner->bytes });
}

struct sender *pool_sender(struct mempool *m, const struct address *owner)
{
	return index_find(&m->by_owner, owner_digest(m, owner), is_owner, owner);
}

static bool list_sender(struct mempool *m, struct sender *s)
{
	struct sender **room = array_room(m->senders, m->sender_count, &m->sender_capacity, sizeof(*room));

	if (!room)
		return false;
	m->senders = room;
	if (!index_add(&m->by_owner, s->digest, s))
		return false;
	pool_place(m, m->sender_count++, s); /* it has nothing yet, and leaves last */
	return true;
}

struct sender *pool_sender_make(struct mempool *m, const struct address *owner, const struct account *account)
{
	struct sender *s = pool_sender(m, owner);

	if (s)
		return s;
	s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->owner = *owner;
	s->account = *account;
	s->digest = owner_digest(m, owner);
	if (!list_sender(m, s)) {
		free(s);
		return NULL;
	}
	return s;
}

void pool_sender_settle(struct mempool *m, struct sender *s)
{
	struct sender *last;

	if (s->count > 0)
		return;
	index_remove(&m->by_owner, s->digest, s);
	last = m->senders[--m->sender_count];
	if (last != s) {
		pool_place(m, s->list_index, last);
		pool_replace(m, last);
	}
	free(s->at);
	free(s);
}

/* -- slots ----------------------------------------------------------------------------------- */

static bool reach(struct sender *s, u32 i)
{
	u32 capacity = s->capacity ? s->capacity : 4;
	struct pooled **grown;

	if (i < s->capacity)
		return true;
	while (capacity <= i)
		capacity *= 2;
	grown = realloc(s->at, capacity * sizeof(*grown));
	if (!grown)
		return false;
	s->at = grown;
	s->capacity = capacity;
	return true;
}

/* Before a change at a place: nothing from there on counts as ready. */
static void cut_ready(struct mempool *m, struct sender *s, u32 at)
{
	for (; s->ready > at; s->ready--, m->ready--) {
		enum err e = u256_sub(&s->ready_cost, &s->ready_cost, &s->at[s->ready - 1]->cost);

		assert(e == OK); /* it is a part of the sum */
	}
}

static void tell(struct mempool *m, struct pooled *p)
{
	if (!p->is_told && m->config.pending)
		m->config.pending(m->config.context, &p->tx.hash);
	p->is_told = true;
}

/* After a change: as far as there is no gap and the balance lasts. */
static void grow_ready(struct mempool *m, struct sender *s)
{
	struct u256 sum;

	while (s->ready < s->size && s->at[s->ready] &&
	       u256_add(&sum, &s->ready_cost, &s->at[s->ready]->cost) == OK &&
	       u256_cmp(&sum, &s->account.balance) <= 0) {
		s->ready_cost = sum;
		m->ready++;
		tell(m, s->at[s->ready++]);
	}
}

/* What depends on a sender's transactions from a place on. */
static void weigh(struct mempool *m, struct sender *s, u32 from)
{
	for (u32 i = from; i < s->size; i++) {
		struct pooled *p = s->at[i];

		if (!p)
			continue;
		p->rank = pool_rank(s, i, p);
		p->is_front = p->is_oracle && (i == 0 || (s->at[i - 1] && s->at[i - 1]->is_front));
	}
	pool_replace(m, s);
}

static void forget(struct mempool *m, struct sender *s, u32 i)
{
	struct pooled *p = s->at[i];

	index_remove(&m->by_hash, index_digest(&m->by_hash, (struct bytes){ p->tx.hash.bytes, 32 }), p);
	s->at[i] = NULL;
	s->count--;
	m->count--;
	m->bytes -= p->tx.raw.size;
	pooled_release(p);
}

bool pool_put(struct mempool *m, struct sender *s, u32 i, struct pooled *p)
{
	u64 digest;

	if (p) {
		digest = index_digest(&m->by_hash, (struct bytes){ p->tx.hash.bytes, 32 });
		if (!reach(s, i) || !index_add(&m->by_hash, digest, p))
			return false;
	}
	cut_ready(m, s, i);
	while (p && s->size <= i)
		s->at[s->size++] = NULL;
	if (i < s->size && s->at[i])
		forget(m, s, i);
	if (p) {
		s->at[i] = p;
		s->count++;
		m->count++;
		m->bytes += p->tx.raw.size;
	}
	while (s->size > 0 && !s->at[s->size - 1])
		s->size--;
	grow_ready(m, s);
	weigh(m, s, i);
	return true;
}

/* -- age ---------------------------------------------------------------------------------------- */

u64 pool_now_us(const struct mempool *m)
{
	return m->config.now_us ? m->config.now_us(m->config.context) : clock_monotonic_us();
}

void pool_expire(struct mempool *m)
{
	u64 now = pool_now_us(m);

	if (now - m->expired_us < MEMPOOL_EXPIRE_S * 1000000ull)
		return;
	m->expired_us = now;
	m->is_heap = false; /* nobody moves meanwhile, */
	/* but that a sender who goes is replaced by the last one: so from the end. */
	for (size_t k = m->sender_count; k-- > 0;) {
		struct sender *s = m->senders[k];

		for (u32 i = s->size; i-- > s->ready;) {
			if (i < s->size && s->at[i] &&
			    now - s->at[i]->admitted_us > MEMPOOL_LIFETIME_S * 1000000ull)
				(void)pool_put(m, s, i, NULL); /* removing cannot fail */
		}
		pool_sender_settle(m, s);
	}
}

/* -- commits ------------------------------------------------------------------------------------ */

/* Takes out what is spent.  Requires that nothing counts as ready.  A nonce that went back is ahead of all there are
 * in unsigned numbers: they leave, for their places follow from it. */
static void advance(struct mempool *m, struct sender *s, u64 nonce)
{
	u64 spent = nonce - s->account.nonce;
	u32 shift = spent < s->size ? (u32)spent : s->size;

	for (u32 i = 0; i < shift; i++) {
		if (s->at[i])
			forget(m, s, i);
	}
	if (shift > 0)
		memmove(s->at, s->at + shift, (s->size - shift) * sizeof *s->at);
	s->size -= shift;
}

static void apply_change(struct mempool *m, const struct account_change *change)
{
	struct sender *s = pool_sender(m, &change->owner);

	if (!s)
		return;
	cut_ready(m, s, 0);
	advance(m, s, change->account.nonce);
	s->account = change->account;
	for (u32 i = s->size; i-- > 0;) {
		if (i < s->size && s->at[i] && u256_cmp(&s->at[i]->cost, &s->account.balance) > 0)
			(void)pool_put(m, s, i, NULL);
	}
	grow_ready(m, s);
	weigh(m, s, 0);
	pool_sender_settle(m, s);
}

void mempool_committed(struct mempool *m, const struct account_change *changes, size_t count)
{
	(void)pthread_mutex_lock(&m->lock);
	m->commits++;
	for (size_t i = 0; i < count; i++)
		apply_change(m, &changes[i]);
	pool_expire(m);
	(void)pthread_mutex_unlock(&m->lock);
}

void mempool_drop(struct mempool *m, const struct hash *hash)
{
	struct pooled *p = mempool_find(m, hash);
	struct sender *s;

	if (!p)
		return;
	(void)pthread_mutex_lock(&m->lock);
	s = pool_sender(m, &p->tx.sender);
	for (u32 i = 0; s && i < s->size; i++) {
		if (s->at[i] != p)
			continue;
		(void)pool_put(m, s, i, NULL);
		pool_sender_settle(m, s);
		break;
	}
	(void)pthread_mutex_unlock(&m->lock);
	pooled_release(p);
}

/* Removing cannot fail.  The sender is gone afterwards. */
static void drop_sender(struct mempool *m, struct sender *s)
{
	while (s->size > 0)
		(void)pool_put(m, s, s->size - 1, NULL);
	pool_sender_settle(m, s);
}

void mempool_clear(struct mempool *m)
{
	(void)pthread_mutex_lock(&m->lock);
	m->commits++; /* accounts that were read before are old */
	while (m->sender_count > 0)
		drop_sender(m, m->senders[m->sender_count - 1]);
	(void)pthread_mutex_unlock(&m->lock);
}

void mempool_forget(struct mempool *m, const struct address *owner)
{
	struct sender *s;

	(void)pthread_mutex_lock(&m->lock);
	s = pool_sender(m, owner);
	if (s)
		drop_sender(m, s);
	(void)pthread_mutex_unlock(&m->lock);
}
