#include "node/recover.h"

#include <pthread.h>
#include <stdatomic.h>

#define SHARE 8 /* transactions a thread takes at a time */

struct recovery {
	struct tx *const *txs;
	u32 count;
	atomic_uint next;
};

static void *recover_shares(void *context)
{
	struct recovery *work = context;

	for (;;) {
		u32 first = atomic_fetch_add(&work->next, SHARE);

		if (first >= work->count)
			return NULL;
		for (u32 i = first; i < work->count && i < first + SHARE; i++) {
			struct tx *tx = work->txs[i];

			/* On failure is_recovered stays false: that is the answer. */
			if (!tx->is_recovered && tx_recover(tx) != OK)
				tx->is_recovered = false;
		}
	}
}

void recover_all(struct tx *const *txs, u32 count, u32 threads)
{
	struct recovery work = { .txs = txs, .count = count };
	pthread_t helpers[RECOVER_THREADS_MAX];
	u32 started = 0;

	if (threads > RECOVER_THREADS_MAX)
		threads = RECOVER_THREADS_MAX;
	while (started + 1 < threads && (started + 1) * SHARE < count &&
	       pthread_create(&helpers[started], NULL, recover_shares, &work) == 0)
		started++;
	(void)recover_shares(&work);
	for (u32 i = 0; i < started; i++)
		(void)pthread_join(helpers[i], NULL);
}
