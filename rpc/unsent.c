#include "rpc/unsent.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct held {
	struct unsent *unsent;
	size_t size;
	u8 at[];
};

static bool unsent_take(struct unsent *u, size_t size)
{
	size_t now = atomic_load(&u->size);

	do {
		if (now != 0 && (now > u->max || size > u->max - now))
			return false;
	} while (!atomic_compare_exchange_weak(&u->size, &now, now + size));
	return true;
}

static void held_free(void *context)
{
	struct held *h = context;

	atomic_fetch_sub(&h->unsent->size, h->size);
	free(h);
}

struct MHD_Response *unsent_response(struct unsent *u, struct bytes answer)
{
	struct MHD_Response *r;
	struct held *h;

	if (answer.size <= UNSENT_SMALL)
		return MHD_create_response_from_buffer(answer.size, (void *)(uintptr_t)answer.at,
						       MHD_RESPMEM_MUST_COPY);
	if (!unsent_take(u, answer.size))
		return NULL;
	h = malloc(sizeof *h + answer.size);
	if (!h) {
		atomic_fetch_sub(&u->size, answer.size);
		return NULL;
	}
	h->unsent = u;
	h->size = answer.size;
	memcpy(h->at, answer.at, answer.size);
	r = MHD_create_response_from_buffer_with_free_callback_cls(h->size, h->at, held_free, h);
	if (!r)
		held_free(h);
	return r;
}
