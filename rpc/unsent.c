#include "rpc/unsent.h"

#include <assert.h>
#include <microhttpd.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct held {
	struct unsent *unsent;
	_Atomic size_t *part; /* NULL: its client has none */
	size_t size;
	u8 at[];
};

void unsent_init(struct unsent *u, size_t max)
{
	u->max = max;
	randombytes_buf(&u->seed, sizeof u->seed);
}

static _Atomic size_t *part_of(struct unsent *u, u64 client)
{
	static_assert(UNSENT_PARTS == 1u << (64 - 52), "the shift picks a part");
	return client == 0 ? NULL : &u->parts[((client ^ u->seed) * 0x9e3779b97f4a7c15ull) >> 52];
}

/* No counted answer fits. */
static bool is_used_up(_Atomic size_t *held, size_t max)
{
	size_t now = atomic_load(held);

	return now > 0 && now + UNSENT_SMALL >= max;
}

bool unsent_may_ask(struct unsent *u, u64 client, u64 body_size)
{
	_Atomic size_t *part = part_of(u, client);

	return !(part && is_used_up(part, u->max / UNSENT_SHARES)) &&
	       !(body_size > UNSENT_SMALL && is_used_up(&u->size, u->max));
}

/* How many bytes more: any number where there are none. */
static size_t room_in(_Atomic size_t *held, size_t max)
{
	size_t now = atomic_load(held);

	if (now == 0)
		return SIZE_MAX;
	return now < max ? max - now : 0;
}

size_t unsent_room(struct unsent *u, u64 client)
{
	_Atomic size_t *part = part_of(u, client);
	size_t own = part ? room_in(part, u->max / UNSENT_SHARES) : SIZE_MAX, all = room_in(&u->size, u->max);
	size_t room = own < all ? own : all;

	return room > UNSENT_SMALL ? room : UNSENT_SMALL;
}

static void take(struct unsent *u, _Atomic size_t *part, size_t size)
{
	if (part)
		atomic_fetch_add(part, size);
	atomic_fetch_add(&u->size, size);
}

static void give(struct unsent *u, _Atomic size_t *part, size_t size)
{
	if (part)
		atomic_fetch_sub(part, size);
	atomic_fetch_sub(&u->size, size);
}

static void held_free(void *context)
{
	struct held *h = context;

	give(h->unsent, h->part, h->size);
	free(h);
}

struct MHD_Response *unsent_response(struct unsent *u, u64 client, struct bytes answer)
{
	_Atomic size_t *part = part_of(u, client);
	struct MHD_Response *r;
	struct held *h;

	if (answer.size <= UNSENT_SMALL)
		return MHD_create_response_from_buffer(answer.size, (void *)(uintptr_t)answer.at,
						       MHD_RESPMEM_MUST_COPY);
	h = malloc(sizeof *h + answer.size);
	if (!h)
		return NULL;
	take(u, part, answer.size);
	h->unsent = u;
	h->part = part;
	h->size = answer.size;
	memcpy(h->at, answer.at, answer.size);
	r = MHD_create_response_from_buffer_with_free_callback_cls(h->size, h->at, held_free, h);
	if (!r)
		held_free(h);
	return r;
}
