#include "node/risk.h"

#include <stdlib.h>
#include <string.h>

#include "contracts-native/lending/account.h"
#include "node/array.h"
#include "node/risk_parts.h"

struct risk *risk_new(struct store *store, const struct genesis *genesis)
{
	struct risk *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->store = store;
	r->genesis = genesis;
	(void)pthread_mutex_init(&r->walk_lock, NULL);
	(void)pthread_rwlock_init(&r->index_lock, NULL);
	(void)pthread_mutex_init(&r->pending_lock, NULL);
	if (!index_init(&r->by_owner)) {
		risk_free(r);
		return NULL;
	}
	return r;
}

void risk_free(struct risk *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++)
		free(entry_at(r, i)->more);
	for (size_t i = 0; i < r->chunk_count; i++)
		free(r->chunks[i]);
	for (size_t i = 0; i < r->pending_count; i++)
		free(r->pending[i].legs);
	free(r->chunks);
	free(r->pending);
	free(r->closings);
	index_free(&r->by_owner);
	(void)pthread_mutex_destroy(&r->walk_lock);
	(void)pthread_rwlock_destroy(&r->index_lock);
	(void)pthread_mutex_destroy(&r->pending_lock);
	free(r);
}

/* -- reading the state ------------------------------------------------------------------------ */

u32 legs_read(struct leg *out, struct state *s, const struct address *owner, const struct user *user)
{
	u32 count = 0;

	for (u16 id = 0; id < RISK_RESERVES; id++) {
		struct position p;

		if (!u256_bit(&user->configuration, 2u * id) && !u256_bit(&user->configuration, 2u * id + 1))
			continue;
		(void)position_read(s, &(struct position_key){ id, *owner }, &p);
		legs_add(out, &count, &p, id, &user->configuration);
	}
	return count;
}

/* -- updates ------------------------------------------------------------------------------------ */

static enum err apply(struct risk *r, const struct update *u)
{
	struct entry *e = entry_find(r, &u->owner);

	if (!e && !user_borrows_any(&u->user))
		return OK;
	if (!e)
		e = entry_add(r, &u->owner);
	if (!e)
		return ERR_FULL;
	TRY(entry_set(e, &u->user, u->legs, u->leg_count));
	e->changed_at = u->height;
	return e->has_debt ? OK : closing_add(r, &u->owner, u->height);
}

/* Forgets accounts closed so long ago that no block of theirs can be asked about. */
static void sweep(struct risk *r)
{
	u64 oldest = store_oldest(r->store).state;

	while (r->closing_first < r->closing_count) {
		const struct closing *c = &r->closings[r->closing_first];
		struct entry *e;

		if (c->height >= oldest)
			return;
		e = entry_find(r, &c->owner);
		if (e && !e->has_debt && e->changed_at == c->height)
			entry_remove(r, e);
		r->closing_first++;
	}
}

enum err risk_catch_up(struct risk *r)
{
	struct update *updates;
	size_t count;
	enum err e = OK;

	(void)pthread_mutex_lock(&r->pending_lock);
	updates = r->pending;
	count = r->pending_count;
	r->pending = NULL;
	r->pending_count = r->pending_capacity = 0;
	(void)pthread_mutex_unlock(&r->pending_lock);
	for (size_t i = 0; i < count; i++) {
		if (e == OK)
			e = apply(r, &updates[i]);
		free(updates[i].legs);
	}
	free(updates);
	sweep(r);
	r->is_broken |= e != OK;
	return r->is_broken ? ERR_FULL : OK;
}

/* -- commits --------------------------------------------------------------------------------------- */

struct owner_list {
	struct address *at;
	size_t count, capacity;
	bool is_full;
};

static void note_owner(void *context, const struct state_change *change)
{
	struct owner_list *list = context;
	u8 table = change->key.at[0];
	struct address *room;

	if (table != TABLE_position && table != TABLE_user)
		return;
	room = array_room(list->at, list->count, &list->capacity, sizeof *room);
	if (!room) {
		list->is_full = true;
		return;
	}
	list->at = room;
	/* Both keys end in the owner. */
	memcpy(&list->at[list->count++], change->key.at + change->key.size - sizeof *room, sizeof *room);
}

static int by_address(const void *a, const void *b)
{
	return address_cmp(a, b);
}

static bool reserve_pending(struct risk *r)
{
	struct update *room = array_room(r->pending, r->pending_count, &r->pending_capacity, sizeof *room);

	if (room)
		r->pending = room;
	return room != NULL;
}

static enum err queue(struct risk *r, struct state *s, const struct address *owner, u64 height)
{
	struct leg legs[LEGS_MAX];
	struct update u = { .owner = *owner, .height = height };
	bool is_queued;

	(void)user_read(s, &(struct user_key){ *owner }, &u.user);
	/* Pledges of who owes nothing put nobody at risk. */
	if (user_borrows_any(&u.user))
		u.leg_count = legs_read(legs, s, owner, &u.user);
	u.legs = malloc((u.leg_count + 1) * sizeof *u.legs);
	if (!u.legs)
		return ERR_FULL;
	memcpy(u.legs, legs, u.leg_count * sizeof *legs);
	(void)pthread_mutex_lock(&r->pending_lock);
	is_queued = reserve_pending(r);
	if (is_queued)
		r->pending[r->pending_count++] = u;
	(void)pthread_mutex_unlock(&r->pending_lock);
	if (!is_queued)
		free(u.legs);
	return is_queued ? OK : ERR_FULL;
}

enum err risk_committed(struct risk *r, struct state *s, u64 height)
{
	struct owner_list owners = { 0 };
	enum err e = OK;

	state_changes(s, note_owner, &owners);
	if (owners.is_full)
		e = ERR_FULL;
	if (owners.count > 0)
		qsort(owners.at, owners.count, sizeof *owners.at, by_address);
	for (size_t i = 0; i < owners.count && e == OK; i++) {
		if (i == 0 || address_cmp(&owners.at[i], &owners.at[i - 1]) != 0)
			e = queue(r, s, &owners.at[i], height);
	}
	free(owners.at);
	(void)pthread_mutex_lock(&r->pending_lock);
	r->pending_height = height;
	(void)pthread_mutex_unlock(&r->pending_lock);
	if (e == OK && pthread_rwlock_trywrlock(&r->index_lock) == 0) {
		e = risk_catch_up(r);
		(void)pthread_rwlock_unlock(&r->index_lock);
	}
	return e;
}
