#ifndef NODE_DEV_PARTS_H
#define NODE_DEV_PARTS_H

/* The inside of development, for node/dev*.c. */

#include <stdatomic.h>

#include "node/dev.h"
#include "node/node_parts.h"

struct snapshot {
	u64 id, height;
	struct dev_times times;
};

struct dev {
	struct node *node;
	struct dev_clock clock;
	pthread_rwlock_t use;
	atomic_ullong reverts;
	struct snapshot *snapshots; /* oldest first */
	size_t snapshot_count, snapshot_capacity;
	u64 next_id;
	struct stored_block *undone[DEV_UNDONE_MAX]; /* a ring: number % DEV_UNDONE_MAX */
	u64 undone_count;
	pthread_mutex_t lock; /* of what follows */
	struct address *impersonated;
	size_t impersonated_count, impersonated_capacity;
	bool impersonates_all;
};

#endif
