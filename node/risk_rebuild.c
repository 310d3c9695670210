#include <stdlib.h>
#include <string.h>

#include "contracts-native/lending/account.h"
#include "node/risk_parts.h"

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
	if (!user_borrows_any(&user))
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
	legs_add(legs, &count, &p, position.reserve, &e->configuration);
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
