#include "node/mempool_parts.h"

/* Who leaves a full pool.
 *
 * Only the last transaction of a sender can leave: it takes no other's predecessor away.  What waits for something
 * leaves first, then what is worth least: a transaction is worth the least tip on the way to it, for no block
 * takes it earlier.  Aggregator calls that stand in front, where the next block takes them whatever they tip, are
 * spared, and nobody has to wait behind them.  All senders stand in a heap, the one whose last leaves first on top;
 * it is made when there is no room, and kept until the pool is half empty. */

enum standing { WAITS,
		PENDS,
		SPARED };

struct worth {
	enum standing standing;
	struct u256 rank;
	u64 arrival;
};

/* A sender without his last ones: at[size - 1] is the last of the others. */
struct tail {
	struct sender *sender;
	u32 size;
	size_t heap_index; /* SIZE_MAX: some are taken already */
};

static struct worth worth_of(const struct sender *s, u32 size)
{
	const struct pooled *p = size > 0 ? s->at[size - 1] : NULL;

	if (!p)
		return (struct worth){ .standing = SPARED }; /* an entry that is being filled */
	return (struct worth){
		.standing = size > s->ready ? WAITS : p->is_front ? SPARED
								  : PENDS,
		.rank = p->rank,
		.arrival = p->arrival,
	};
}

/* Of equals the newest leaves first. */
static bool leaves_before(const struct worth *a, const struct worth *b)
{
	int order = u256_cmp(&a->rank, &b->rank);

	if (a->standing != b->standing || a->standing == SPARED)
		return a->standing < b->standing;
	return order != 0 ? order < 0 : a->arrival > b->arrival;
}

/* -- the heap -------------------------------------------------------------------------------- */

static bool is_above(const struct sender *a, const struct sender *b)
{
	struct worth x = worth_of(a, a->size), y = worth_of(b, b->size);

	return leaves_before(&x, &y);
}

void pool_place(struct mempool *m, size_t i, struct sender *s)
{
	m->senders[i] = s;
	s->list_index = (u32)i;
}

static void sift(struct mempool *m, struct sender *s, size_t count)
{
	size_t i = s->list_index, child;

	for (; i > 0 && is_above(s, m->senders[(i - 1) / 2]); i = (i - 1) / 2)
		pool_place(m, i, m->senders[(i - 1) / 2]);
	while ((child = 2 * i + 1) < count) {
		if (child + 1 < count && is_above(m->senders[child + 1], m->senders[child]))
			child++;
		if (!is_above(m->senders[child], s))
			break;
		pool_place(m, i, m->senders[child]);
		i = child;
	}
	pool_place(m, i, s);
}

void pool_replace(struct mempool *m, struct sender *s)
{
	m->is_heap = m->is_heap && (m->count > m->config.max / 2 || m->bytes > m->config.bytes_max / 2);
	if (m->is_heap)
		sift(m, s, m->sender_count);
}

static void make_heap(struct mempool *m)
{
	for (size_t i = 0; !m->is_heap && i < m->sender_count; i++)
		sift(m, m->senders[i], i + 1);
	m->is_heap = true;
}

/* -- making room ------------------------------------------------------------------------------- */

/* Where the next that leaves is found: every taken one puts its two children in the heap and its predecessor here. */
struct front {
	struct tail at[2 * MEMPOOL_EVICTED_MAX + 4];
	u32 count;
};

static void look_at(struct front *f, const struct mempool *m, size_t heap_index)
{
	if (heap_index < m->sender_count)
		f->at[f->count++] = (struct tail){ m->senders[heap_index], m->senders[heap_index]->size, heap_index };
}

static void look_before(struct front *f, const struct tail *t)
{
	u32 size = t->size - 1;

	while (size > 0 && !t->sender->at[size - 1])
		size--;
	if (size > 0)
		f->at[f->count++] = (struct tail){ t->sender, size, SIZE_MAX };
}

/* Takes out who leaves first.  false: nobody is left. */
static bool take_first(struct front *f, struct tail *out, struct worth *worth)
{
	u32 first = 0;

	for (u32 i = 0; i < f->count; i++) {
		struct worth w = worth_of(f->at[i].sender, f->at[i].size);

		if (i == 0 || leaves_before(&w, worth)) {
			*worth = w;
			first = i;
		}
	}
	if (f->count == 0)
		return false;
	*out = f->at[first];
	f->at[first] = f->at[--f->count];
	return true;
}

struct u256 pool_rank(const struct sender *s, u32 i, const struct pooled *p)
{
	const struct pooled *before;

	while (i > 0 && !s->at[i - 1])
		i--;
	before = i > 0 ? s->at[i - 1] : NULL;
	return before && !before->is_front && u256_cmp(&before->rank, &p->tip) < 0 ? before->rank : p->tip;
}

/* Calls of the oracle have room to spare.  What they have taken of it is not for others to make good. */
static bool is_within(const struct mempool *m, bool is_oracle, size_t count, size_t bytes)
{
	size_t spare = is_oracle ? MEMPOOL_ORACLE_SPARE : 0;

	return (count <= m->config.max + spare || count <= m->count) &&
	       (bytes <= m->config.bytes_max + spare * TX_SIZE_MAX || bytes <= m->bytes);
}

/* Of one that comes to at[i]. */
static struct worth worth_there(const struct sender *s, u32 i, const struct pooled *p, bool is_payable)
{
	return (struct worth){
		.standing = is_payable && i <= s->ready ? PENDS : WAITS,
		.rank = pool_rank(s, i < s->size ? i : s->size, p),
		.arrival = UINT64_MAX,
	};
}

bool pool_room(struct mempool *m, struct leaving *out, const struct sender *s, const struct pooled *p,
	       bool is_payable)
{
	u32 i = (u32)(p->tx.nonce - s->account.nonce);
	const struct pooled *old = i < s->size ? s->at[i] : NULL;
	size_t count = m->count + (old ? 0 : 1), bytes = m->bytes + p->tx.raw.size - (old ? old->tx.raw.size : 0);
	struct worth fresh = worth_there(s, i, p, is_payable), worth;
	struct front front = { .count = 0 };
	struct tail t;

	out->count = 0;
	if (is_within(m, p->is_oracle, count, bytes))
		return true;
	make_heap(m);
	look_at(&front, m, 0);
	while (!is_within(m, p->is_oracle, count, bytes)) {
		if (out->count == MEMPOOL_EVICTED_MAX || !take_first(&front, &t, &worth) ||
		    !leaves_before(&worth, &fresh))
			return false;
		if (t.heap_index != SIZE_MAX) {
			look_at(&front, m, 2 * t.heap_index + 1);
			look_at(&front, m, 2 * t.heap_index + 2);
		}
		if (t.sender == s)
			continue;
		look_before(&front, &t);
		out->at[out->count++] = t.sender->at[t.size - 1];
		count--;
		bytes -= t.sender->at[t.size - 1]->tx.raw.size;
	}
	return true;
}

void pool_evict(struct mempool *m, const struct leaving *leaving)
{
	for (u32 i = 0; i < leaving->count; i++) {
		struct sender *s = pool_sender(m, &leaving->at[i]->tx.sender);

		(void)pool_put(m, s, (u32)(leaving->at[i]->tx.nonce - s->account.nonce), NULL); /* removing cannot fail */
		pool_sender_settle(m, s);
	}
}
