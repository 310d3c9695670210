#include "node/risk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

/* -- entries ------------------------------------------------------------------------------- */

static bool is_owner(const void *item, const void *key)
{
	const struct entry *e = item;

	return address_cmp(&e->owner, key) == 0;
}

static u64 digest_of(const struct risk *r, const struct address *owner)
{
	return index_digest(&r->by_owner, (struct bytes){ owner->bytes, sizeof owner->bytes });
}

static struct entry *entry_find(const struct risk *r, const struct address *owner)
{
	return index_find(&r->by_owner, digest_of(r, owner), is_owner, owner);
}

/* Makes sure that entry_at(r, r->count) exists. */
static bool reach_next(struct risk *r)
{
	size_t capacity = r->chunk_capacity ? 2 * r->chunk_capacity : 64;
	struct entry **grown;

	if (r->count < r->chunk_count * RISK_CHUNK)
		return true;
	if (r->chunk_count == r->chunk_capacity) {
		grown = realloc(r->chunks, capacity * sizeof(*grown));
		if (!grown)
			return false;
		r->chunks = grown;
		r->chunk_capacity = capacity;
	}
	r->chunks[r->chunk_count] = malloc(RISK_CHUNK * sizeof(struct entry));
	if (!r->chunks[r->chunk_count])
		return false;
	r->chunk_count++;
	return true;
}

static struct entry *entry_add(struct risk *r, const struct address *owner)
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

/* The last entry moves into the gap. */
static void entry_remove(struct risk *r, struct entry *e)
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

/* Puts count legs into the entry.  ERR_FULL: it is as before. */
static enum err entry_set(struct entry *e, const struct user *user, const struct leg *legs, u32 count)
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

/* -- reading the state ------------------------------------------------------------------------ */

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

/* The legs of one position: at most two. */
static void add_position(struct leg *out, u32 *count, const struct position *p, u16 reserve,
			 const struct u256 *configuration)
{
	if (u256_bit(configuration, 2u * reserve + 1))
		add_leg(out, count, &p->scaled_supply, reserve, false);
	if (u256_bit(configuration, 2u * reserve))
		add_leg(out, count, &p->scaled_debt, reserve, true);
}

u32 legs_read(struct leg *out, struct state *s, const struct address *owner, const struct user *user)
{
	u32 count = 0;

	for (u16 id = 0; id < RISK_RESERVES; id++) {
		struct position p;

		if (!u256_bit(&user->configuration, 2u * id) && !u256_bit(&user->configuration, 2u * id + 1))
			continue;
		(void)position_read(s, &(struct position_key){ id, *owner }, &p);
		add_position(out, &count, &p, id, &user->configuration);
	}
	return count;
}

/* Whether a user borrows anything: bits 0, 2, 4, ... */
static bool borrows_any(const struct user *user)
{
	u64 bits = 0;

	for (size_t i = 0; i < 4; i++)
		bits |= user->configuration.limb[i] & 0x5555555555555555ull;
	return bits != 0;
}

/* -- updates ------------------------------------------------------------------------------------ */

static bool reserve_closing(struct risk *r)
{
	size_t capacity = r->closing_capacity ? 2 * r->closing_capacity : 256;
	struct closing *grown;

	if (r->closing_first > 0 && r->closing_count == r->closing_capacity) {
		r->closing_count -= r->closing_first;
		memmove(r->closings, r->closings + r->closing_first,
			r->closing_count * sizeof *r->closings);
		r->closing_first = 0;
	}
	if (r->closing_count < r->closing_capacity)
		return true;
	grown = realloc(r->closings, capacity * sizeof *grown);
	if (!grown)
		return false;
	r->closings = grown;
	r->closing_capacity = capacity;
	return true;
}

static enum err apply(struct risk *r, const struct update *u)
{
	struct entry *e = entry_find(r, &u->owner);

	if (!e && !borrows_any(&u->user))
		return OK;
	if (!e)
		e = entry_add(r, &u->owner);
	if (!e)
		return ERR_FULL;
	TRY(entry_set(e, &u->user, u->legs, u->leg_count));
	e->changed_at = u->height;
	if (e->has_debt)
		return OK;
	if (!reserve_closing(r))
		return ERR_FULL;
	r->closings[r->closing_count++] = (struct closing){ u->owner, u->height };
	return OK;
}

/* Forgets accounts closed so long ago that no block of theirs can be asked about. */
static void sweep(struct risk *r, u64 height)
{
	while (r->closing_first < r->closing_count) {
		const struct closing *c = &r->closings[r->closing_first];
		struct entry *e;

		if (c->height + HISTORY_BLOCKS >= height)
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
	u64 height;
	enum err e = OK;

	(void)pthread_mutex_lock(&r->pending_lock);
	updates = r->pending;
	count = r->pending_count;
	height = r->pending_height;
	r->pending = NULL;
	r->pending_count = r->pending_capacity = 0;
	(void)pthread_mutex_unlock(&r->pending_lock);
	for (size_t i = 0; i < count; i++) {
		if (e == OK)
			e = apply(r, &updates[i]);
		free(updates[i].legs);
	}
	free(updates);
	sweep(r, height);
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
	size_t capacity = list->capacity ? 2 * list->capacity : 256;
	struct address *grown;

	if (table != TABLE_position && table != TABLE_user)
		return;
	if (list->count == list->capacity) {
		grown = realloc(list->at, capacity * sizeof *grown);
		if (!grown) {
			list->is_full = true;
			return;
		}
		list->at = grown;
		list->capacity = capacity;
	}
	/* Both keys end in the owner. */
	memcpy(&list->at[list->count++], change->key.at + change->key.size - sizeof *grown, sizeof *grown);
}

static int by_address(const void *a, const void *b)
{
	return address_cmp(a, b);
}

static bool reserve_pending(struct risk *r)
{
	size_t capacity = r->pending_capacity ? 2 * r->pending_capacity : 256;
	struct update *grown;

	if (r->pending_count < r->pending_capacity)
		return true;
	grown = realloc(r->pending, capacity * sizeof *grown);
	if (!grown)
		return false;
	r->pending = grown;
	r->pending_capacity = capacity;
	return true;
}

static enum err queue(struct risk *r, struct state *s, const struct address *owner, u64 height)
{
	struct leg legs[LEGS_MAX];
	struct update u = { .owner = *owner, .height = height };
	bool is_queued;

	(void)user_read(s, &(struct user_key){ *owner }, &u.user);
	/* Pledges of who owes nothing put nobody at risk. */
	if (borrows_any(&u.user))
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

/* -- rebuilding ------------------------------------------------------------------------------------- */

/* Two walks in key order, which is how the store reads fastest: users, then positions. */
struct rebuild {
	struct risk *risk;
	u64 height;
	enum err error;
};

static bool rebuild_user(void *context, struct bytes key, struct bytes value)
{
	struct rebuild *b = context;
	struct address owner;
	struct user user;
	struct entry *e;

	memcpy(&owner, key.at + key.size - sizeof owner, sizeof owner);
	memcpy(&user, value.at, sizeof user);
	if (!borrows_any(&user))
		return true;
	e = entry_add(b->risk, &owner);
	if (!e) {
		b->error = ERR_FULL;
		return false;
	}
	e->changed_at = b->height;
	b->error = entry_set(e, &user, NULL, 0);
	return b->error == OK;
}

/* One leg more: in place while it fits, else all move to memory of their own. */
static enum err entry_append(struct entry *e, const struct leg *leg)
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

static bool rebuild_position(void *context, struct bytes key, struct bytes value)
{
	struct rebuild *b = context;
	struct position_key position;
	struct position p;
	struct leg legs[2];
	struct entry *e;
	u32 count = 0;

	memcpy(&position, key.at + 1, sizeof position);
	memcpy(&p, value.at, sizeof p);
	e = entry_find(b->risk, &position.owner);
	if (!e)
		return true;
	add_position(legs, &count, &p, position.reserve, &e->configuration);
	for (u32 i = 0; i < count && b->error == OK; i++)
		b->error = entry_append(e, &legs[i]);
	return b->error == OK;
}

/* With index_lock claimed; the newest block is then height. */
static void forget_everything(struct risk *r, u64 height)
{
	while (r->count > 0)
		entry_remove(r, entry_at(r, r->count - 1));
	r->closing_first = r->closing_count = 0;
	(void)pthread_mutex_lock(&r->pending_lock);
	for (size_t i = 0; i < r->pending_count; i++)
		free(r->pending[i].legs);
	r->pending_count = 0;
	r->pending_height = height;
	(void)pthread_mutex_unlock(&r->pending_lock);
}

enum err risk_rebuild(struct risk *r)
{
	struct rebuild b = { .risk = r, .error = OK };
	struct store_head head;
	enum err e;

	if (!store_head(r->store, &head))
		return OK;
	(void)pthread_rwlock_wrlock(&r->index_lock);
	b.height = head.header.number;
	forget_everything(r, b.height);
	e = store_scan(r->store, TABLE_user, rebuild_user, &b);
	if (e == OK && b.error == OK)
		e = store_scan(r->store, TABLE_position, rebuild_position, &b);
	(void)pthread_rwlock_unlock(&r->index_lock);
	return e != OK ? e : b.error;
}
