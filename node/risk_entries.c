#include "node/risk_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/array.h"

static bool is_owner(const void *item, const void *key)
{
	const struct entry *e = item;

	return address_cmp(&e->owner, key) == 0;
}

static u64 digest_of(const struct risk *r, const struct address *owner)
{
	return index_digest(&r->by_owner, (struct bytes){ owner->bytes, sizeof owner->bytes });
}

struct entry *entry_find(const struct risk *r, const struct address *owner)
{
	return index_find(&r->by_owner, digest_of(r, owner), is_owner, owner);
}

/* Makes sure that entry_at(r, r->count) exists. */
static bool reach_next(struct risk *r)
{
	struct entry **room;

	if (r->count < r->chunk_count * RISK_CHUNK)
		return true;
	room = array_room(r->chunks, r->chunk_count, &r->chunk_capacity, sizeof(*room));
	if (!room)
		return false;
	r->chunks = room;
	r->chunks[r->chunk_count] = malloc(RISK_CHUNK * sizeof(struct entry));
	if (!r->chunks[r->chunk_count])
		return false;
	r->chunk_count++;
	return true;
}

struct entry *entry_add(struct risk *r, const struct address *owner)
{
	struct entry *e;

	if (!reach_next(r))
		return NULL;
	e = entry_at(r, r->count);
	memset(e, 0, sizeof *e);
	e->owner = *owner;
	if (!index_add(&r->by_owner, digest_of(r, owner), e))
		return NULL;
	r->count++;
	return e;
}

void entry_remove(struct risk *r, struct entry *e)
{
	struct entry *last = entry_at(r, r->count - 1);

	index_remove(&r->by_owner, digest_of(r, &e->owner), e);
	free(e->more);
	if (e != last) {
		index_replace(&r->by_owner, digest_of(r, &last->owner), last, e);
		*e = *last;
	}
	r->count--;
}

enum err entry_set(struct entry *e, const struct user *user, const struct leg *legs, u32 count)
{
	struct leg *more = NULL;

	assert(count <= LEGS_MAX);
	if (count > LEGS_INLINE) {
		more = malloc(count * sizeof *more);
		if (!more)
			return ERR_FULL;
	}
	free(e->more);
	e->more = more;
	if (count > 0)
		memcpy(more ? more : e->few, legs, count * sizeof *legs);
	e->leg_count = (u16)count;
	e->emode = (u8)user->emode;
	e->configuration = user->configuration;
	e->has_debt = false;
	for (u32 i = 0; i < count; i++)
		e->has_debt |= legs[i].is_debt;
	return OK;
}

static void add_leg(struct leg *out, u32 *count, const struct u128le *scaled, u16 reserve, bool is_debt)
{
	if (scaled->limb[0] == 0 && scaled->limb[1] == 0)
		return;
	out[(*count)++] = (struct leg){
		.scaled = { scaled->limb[0], scaled->limb[1] },
		.reserve = reserve,
		.is_debt = is_debt,
	};
}

void legs_add(struct leg *out, u32 *count, const struct position *p, u16 reserve, const struct u256 *configuration)
{
	if (u256_bit(configuration, 2u * reserve + 1))
		add_leg(out, count, &p->scaled_supply, reserve, false);
	if (u256_bit(configuration, 2u * reserve))
		add_leg(out, count, &p->scaled_debt, reserve, true);
}

enum err entry_append(struct entry *e, const struct leg *leg)
{
	struct leg *more;

	e->has_debt |= leg->is_debt;
	if (e->leg_count < LEGS_INLINE) {
		e->few[e->leg_count++] = *leg;
		return OK;
	}
	more = realloc(e->more, (e->leg_count + 1u) * sizeof *more);
	if (!more)
		return ERR_FULL;
	if (!e->more)
		memcpy(more, e->few, sizeof e->few);
	e->more = more;
	more[e->leg_count++] = *leg;
	return OK;
}

/* -- closings ------------------------------------------------------------------------------- */

static bool reserve_closing(struct risk *r)
{
	struct closing *room;

	if (r->closing_first > 0 && r->closing_count == r->closing_capacity) {
		r->closing_count -= r->closing_first;
		memmove(r->closings, r->closings + r->closing_first,
			r->closing_count * sizeof *r->closings);
		r->closing_first = 0;
	}
	room = array_room(r->closings, r->closing_count, &r->closing_capacity, sizeof *room);
	if (room)
		r->closings = room;
	return room != NULL;
}

enum err closing_add(struct risk *r, const struct address *owner, u64 height)
{
	if (store_history(r->store) == HISTORY_ALL)
		return OK; /* nobody is ever forgotten */
	if (!reserve_closing(r))
		return ERR_FULL;
	r->closings[r->closing_count++] = (struct closing){ *owner, height };
	return OK;
}
