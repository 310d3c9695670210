#include <stdlib.h>
#include <string.h>

#include "contracts-native/lending/account.h"
#include "node/risk_parts.h"

/* Three walks in key order, which is how the store reads fastest: users, positions, and users of the past.
 *
 * An account has changed when a block last wrote one of these records.  A position that there was once stays
 * for ever, as its indexes do, and a user that is gone has no debt: so the records of who has debt tell it. */
struct rebuild {
	struct risk *risk;
	enum err error;
};

/* Whose record it is, and what was in it.  false: he did not borrow. */
static bool borrower_in(struct address *owner, struct user *user, const struct store_version *version)
{
	memcpy(owner, version->key.at + version->key.size - sizeof *owner, sizeof *owner);
	memcpy(user, version->value.at, sizeof *user);
	return user_borrows_any(user);
}

/* The entry is there, e, and has changed at that block.  false: there was no memory for it. */
static bool entry_changed(struct rebuild *b, struct entry *e, u64 height)
{
	if (e)
		e->changed_at = height;
	else
		b->error = ERR_FULL;
	return e != NULL;
}

static bool rebuild_user(void *context, const struct store_version *version)
{
	struct rebuild *b = context;
	struct address owner;
	struct user user;
	struct entry *e;

	if (!borrower_in(&owner, &user, version))
		return true;
	e = entry_add(b->risk, &owner);
	if (entry_changed(b, e, version->from))
		b->error = entry_set(e, &user, NULL, 0);
	return b->error == OK;
}

static bool rebuild_position(void *context, const struct store_version *version)
{
	struct rebuild *b = context;
	struct position_key key;
	struct position p;
	struct leg legs[2];
	struct entry *e;
	u32 count = 0;

	memcpy(&key, version->key.at + 1, sizeof key);
	memcpy(&p, version->value.at, sizeof p);
	e = entry_find(b->risk, &key.owner);
	if (!e)
		return true;
	if (e->changed_at < version->from)
		e->changed_at = version->from;
	legs_add(legs, &count, &p, key.reserve, &e->configuration);
	for (u32 i = 0; i < count && b->error == OK; i++)
		b->error = entry_append(e, &legs[i]);
	return b->error == OK;
}

/* Who borrowed until a block, and may not since: nothing of his but that block is worth keeping. */
static bool rebuild_closed(void *context, const struct store_version *version)
{
	struct rebuild *b = context;
	struct address owner;
	struct user user;
	struct entry *e;

	if (!borrower_in(&owner, &user, version))
		return true;
	e = entry_find(b->risk, &owner);
	if (e && e->changed_at >= version->until)
		return true; /* he has changed since */
	if (entry_changed(b, e ? e : entry_add(b->risk, &owner), version->until))
		b->error = closing_add(b->risk, &owner, version->until);
	return b->error == OK;
}

static int by_height(const void *a, const void *b)
{
	const struct closing *x = a, *y = b;

	return x->height < y->height ? -1 : x->height > y->height;
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
	forget_everything(r, head.header.number);
	e = store_scan(r->store, TABLE_user, rebuild_user, &b);
	if (e == OK && b.error == OK)
		e = store_scan(r->store, TABLE_position, rebuild_position, &b);
	if (e == OK && b.error == OK)
		e = store_scan_past(r->store, TABLE_user, rebuild_closed, &b);
	/* They came by owner. */
	if (r->closing_count > 0)
		qsort(r->closings, r->closing_count, sizeof *r->closings, by_height);
	if (e == OK)
		e = b.error;
	r->is_broken = e != OK;
	(void)pthread_rwlock_unlock(&r->index_lock);
	return e;
}
