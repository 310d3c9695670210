#include "node/store/internal.h"

/* How far back states reach.
 *
 *     pruned | whole, but out of reach |  can be read          | head
 *            kept                      head - history
 *
 * kept follows the left end of the history, PRUNE_SLACK behind it.  It is where the history of all starts to date
 * left it: behind by more while a history that has become shorter is being deleted, and ahead of it
 * for as long as one that has become longer is not filled. */

/* With the lock. */
static struct store_oldest oldest(const struct store *s)
{
	struct store_oldest out = { s->first, s->first > s->kept ? s->first : s->kept };
	u64 head = s->head.header.number;

	if (head > s->history && out.state < head - s->history)
		out.state = head - s->history;
	return out;
}

struct store_oldest store_oldest(struct store *s)
{
	struct store_oldest out;

	pthread_mutex_lock(&s->lock);
	out = oldest(s);
	pthread_mutex_unlock(&s->lock);
	return out;
}

u64 store_history(const struct store *s)
{
	return s->history;
}

enum err store_height_check(struct store *s, u64 height, bool is_state)
{
	struct store_oldest from;
	bool has_head;
	u64 head;

	pthread_mutex_lock(&s->lock);
	has_head = s->has_head;
	head = s->head.header.number;
	from = oldest(s);
	pthread_mutex_unlock(&s->lock);
	if (!has_head || height > head || height < from.block)
		return ERR_NOT_FOUND;
	return is_state && height < from.state ? ERR_PRUNED : OK;
}

enum err history_prune(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	size_t most = batch_count(batch) + PRUNE_WRITES_MAX;
	u64 until;

	s->pruned_to = s->kept;
	if (height < PRUNE_SLACK || height - PRUNE_SLACK <= s->history)
		return OK;
	until = height - PRUNE_SLACK - s->history;
	for (u32 lists = 0; s->pruned_to < until && (lists < PRUNE_LISTS_MIN || batch_count(batch) < most); lists++)
		TRY(stale_prune(&s->records, batch, ++s->pruned_to, why));
	if (s->pruned_to > s->kept)
		kept_put(batch, s->pruned_to);
	return OK;
}
