#include "node/dev.h"

#include <assert.h>
#include <stdlib.h>

#include "node/array.h"
#include "node/dev_parts.h"

struct dev *dev_new(struct node *n)
{
	struct dev *d = calloc(1, sizeof *d);
	pthread_rwlockattr_t attributes;

	if (!d)
		return NULL;
	d->node = n;
	dev_clock_init(&d->clock);
	(void)pthread_rwlockattr_init(&attributes);
	(void)pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	(void)pthread_rwlock_init(&d->use, &attributes);
	(void)pthread_rwlockattr_destroy(&attributes);
	(void)pthread_mutex_init(&d->lock, NULL);
	return d;
}

void dev_free(struct dev *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < DEV_UNDONE_MAX; i++)
		store_block_free(d->undone[i]);
	free(d->snapshots);
	free(d->impersonated);
	(void)pthread_mutex_destroy(&d->lock);
	(void)pthread_rwlock_destroy(&d->use);
	dev_clock_free(&d->clock);
	free(d);
}

struct dev_clock *dev_clock(struct dev *d)
{
	return &d->clock;
}

void dev_share(struct dev *d)
{
	(void)pthread_rwlock_rdlock(&d->use);
}

void dev_claim(struct dev *d)
{
	(void)pthread_rwlock_wrlock(&d->use);
}

void dev_release(struct dev *d)
{
	(void)pthread_rwlock_unlock(&d->use);
}

u64 dev_reverts(struct dev *d)
{
	return atomic_load(&d->reverts);
}

/* -- time and blocks ------------------------------------------------------------------ */

static u64 head_time(struct dev *d)
{
	struct store_head head;

	head_get(&d->node->head, &head);
	return head.header.time;
}

u64 dev_now(struct dev *d)
{
	int64_t now = (int64_t)solo_clock(d->node->solo) + dev_clock_times(&d->clock).offset;

	return now > 0 ? (u64)now : 0;
}

enum err dev_set_time(struct dev *d, u64 time)
{
	return dev_clock_set(&d->clock, solo_clock(d->node->solo), time);
}

enum err dev_set_next_time(struct dev *d, u64 time)
{
	return dev_clock_set_next(&d->clock, head_time(d), time);
}

enum err dev_mine(struct dev *d, u64 count, const u64 *seconds)
{
	if (count > DEV_BLOCKS_MAX)
		return ERR_RANGE;
	for (u64 i = 0; i < count; i++) {
		if (seconds && (i > 0 || !dev_clock_times(&d->clock).has_next)) {
			u64 shown = dev_now(d), next;

			if (*seconds > DEV_TIME_MAX)
				return ERR_RANGE;
			next = head_time(d) + *seconds;
			TRY(dev_set_next_time(d, next > shown ? next : shown));
		}
		TRY(solo_make(d->node->solo));
	}
	return OK;
}

bool dev_is_automine(struct dev *d)
{
	struct solo_pace pace = solo_pace(d->node->solo);

	return !pace.is_halted && pace.block_time_ms == 0;
}

void dev_set_automine(struct dev *d, bool is_on)
{
	if (is_on)
		solo_set_pace(d->node->solo, (struct solo_pace){ .is_halted = false });
	else if (dev_is_automine(d))
		solo_set_pace(d->node->solo, (struct solo_pace){ .is_halted = true });
}

void dev_set_block_time(struct dev *d, u64 ms)
{
	solo_set_pace(d->node->solo, (struct solo_pace){ .is_halted = ms == 0, .block_time_ms = ms });
}

/* -- snapshots ------------------------------------------------------------------------- */

enum err dev_snapshot(struct dev *d, u64 *id)
{
	struct snapshot *room = array_room(d->snapshots, d->snapshot_count, &d->snapshot_capacity, sizeof *room);

	if (!room)
		return ERR_FULL;
	d->snapshots = room;
	*id = d->next_id++;
	d->snapshots[d->snapshot_count++] = (struct snapshot){
		.id = *id,
		.height = head_height(&d->node->head),
		.times = dev_clock_times(&d->clock),
	};
	return OK;
}

u64 dev_undone_count(const struct dev *d)
{
	return d ? d->undone_count : 0;
}

const struct stored_block *dev_undone(const struct dev *d, u64 number)
{
	assert(number < d->undone_count);
	return d->undone_count - number > DEV_UNDONE_MAX ? NULL : d->undone[number % DEV_UNDONE_MAX];
}

/* Keeps the blocks above height, which are about to go. */
static enum err keep_undone(struct dev *d, u64 height)
{
	u64 head = head_height(&d->node->head);
	u64 newest = head > height + DEV_UNDONE_MAX ? height + DEV_UNDONE_MAX : head;

	for (u64 at = newest; at > height; at--) {
		struct stored_block *b, **slot = &d->undone[d->undone_count % DEV_UNDONE_MAX];

		TRY(store_block_load(node_store(d->node), &b, at));
		store_block_free(*slot);
		*slot = b;
		d->undone_count++;
	}
	return OK;
}

static enum err go_back(struct dev *d, u64 height)
{
	TRY(keep_undone(d, height));
	TRY(solo_rollback(d->node->solo, height));
	atomic_fetch_add(&d->reverts, 1);
	return OK;
}

enum err dev_revert(struct dev *d, u64 id)
{
	size_t i = 0;

	while (i < d->snapshot_count && d->snapshots[i].id != id)
		i++;
	if (i == d->snapshot_count)
		return ERR_NOT_FOUND;
	TRY(go_back(d, d->snapshots[i].height));
	dev_clock_restore(&d->clock, &d->snapshots[i].times);
	d->snapshot_count = i;
	return OK;
}

enum err dev_reset(struct dev *d)
{
	struct dev_times none = { .offset = 0 };

	TRY(go_back(d, 0));
	dev_clock_restore(&d->clock, &none);
	d->snapshot_count = 0;
	(void)pthread_mutex_lock(&d->lock);
	d->impersonated_count = 0;
	d->impersonates_all = false;
	(void)pthread_mutex_unlock(&d->lock);
	return dev_set_time(d, d->node->genesis.time);
}
