#include "node/dev.h"

#include <stdlib.h>
#include <string.h>

#include "contracts-native/dispatch/address.h"
#include "node/array.h"
#include "node/dev_parts.h"

/* -- edits ------------------------------------------------------------------------------ */

/* What an edit writes; each function reads what is its own. */
struct edit {
	struct address owner, spender;
	struct contract_id contract;
	struct u256 amount;
	u64 nonce;
};

static enum err make_edit(struct dev *d, enum err (*apply)(void *context, struct state *s), struct edit *edit)
{
	return solo_edit(d->node->solo, &(struct app_edit){ .apply = apply, .context = edit });
}

static enum err apply_balance(void *context, struct state *s)
{
	const struct edit *edit = context;
	struct account_key key = { edit->owner };
	struct account account;

	(void)account_read(s, &key, &account);
	account.balance = edit->amount;
	account_write(s, &key, &account);
	return OK;
}

enum err dev_set_balance(struct dev *d, const struct address *owner, const struct u256 *wei)
{
	return make_edit(d, apply_balance, &(struct edit){ .owner = *owner, .amount = *wei });
}

static enum err apply_nonce(void *context, struct state *s)
{
	const struct edit *edit = context;
	struct account_key key = { edit->owner };
	struct account account;

	(void)account_read(s, &key, &account);
	account.nonce = edit->nonce;
	account_write(s, &key, &account);
	return OK;
}

enum err dev_set_nonce(struct dev *d, const struct address *owner, u64 nonce)
{
	mempool_forget(d->node->pool, owner); /* its places follow from the nonce */
	return make_edit(d, apply_nonce, &(struct edit){ .owner = *owner, .nonce = nonce });
}

static bool is_there(struct state *s, struct contract_id id)
{
	const struct contract *contract = contract_find((enum contract_kind)id.kind);

	return contract && contract->exists(s, id.index);
}

static enum err apply_deal(void *context, struct state *s)
{
	const struct edit *edit = context;
	struct token_key key = { edit->contract.index };
	struct balance_key balance_key = { edit->contract.index, edit->owner };
	struct balance balance;
	struct token token;

	if (edit->contract.kind != CONTRACT_TOKEN || !is_there(s, edit->contract))
		return ERR_NOT_FOUND;
	(void)token_read(s, &key, &token);
	(void)balance_read(s, &balance_key, &balance);
	TRY(u256_sub(&token.supply, &token.supply, &balance.amount));
	TRY(u256_add(&token.supply, &token.supply, &edit->amount));
	balance.amount = edit->amount;
	token_write(s, &key, &token);
	balance_write(s, &balance_key, &balance);
	return OK;
}

enum err dev_deal(struct dev *d, const struct address *token, const struct address *owner,
		  const struct u256 *amount)
{
	struct edit edit = { .owner = *owner, .contract = contract_of(token), .amount = *amount };

	return make_edit(d, apply_deal, &edit);
}

static enum err apply_allow(void *context, struct state *s)
{
	const struct edit *edit = context;
	bool has_allowances = edit->contract.kind == CONTRACT_TOKEN || edit->contract.kind == CONTRACT_ATOKEN;

	if (!has_allowances || !is_there(s, edit->contract))
		return ERR_NOT_FOUND;
	allowance_write(s, &(struct allowance_key){ edit->contract, edit->owner, edit->spender },
			&(struct allowance){ edit->amount });
	return OK;
}

enum err dev_allow(struct dev *d, const struct address *token, const struct address *owner,
		   const struct address *spender, const struct u256 *amount)
{
	struct edit edit = { .owner = *owner, .spender = *spender, .contract = contract_of(token), .amount = *amount };

	return make_edit(d, apply_allow, &edit);
}

/* -- transactions ------------------------------------------------------------------------ */

bool dev_drop(struct dev *d, const struct hash *hash)
{
	struct pooled *p = mempool_find(d->node->pool, hash);

	if (!p)
		return false;
	pooled_release(p);
	mempool_drop(d->node->pool, hash);
	return true;
}

void dev_drop_all(struct dev *d)
{
	mempool_clear(d->node->pool);
}

/* With the lock: the place of an address, or the end. */
static size_t place_of(const struct dev *d, const struct address *who)
{
	size_t i = 0;

	while (i < d->impersonated_count && address_cmp(&d->impersonated[i], who) != 0)
		i++;
	return i;
}

static enum err impersonate(struct dev *d, const struct address *who)
{
	struct address *room;

	if (place_of(d, who) < d->impersonated_count)
		return OK;
	room = array_room(d->impersonated, d->impersonated_count, &d->impersonated_capacity, sizeof *room);
	if (!room)
		return ERR_FULL;
	d->impersonated = room;
	d->impersonated[d->impersonated_count++] = *who;
	return OK;
}

enum err dev_impersonate(struct dev *d, const struct address *who)
{
	enum err e;

	(void)pthread_mutex_lock(&d->lock);
	e = impersonate(d, who);
	(void)pthread_mutex_unlock(&d->lock);
	return e;
}

void dev_stop_impersonating(struct dev *d, const struct address *who)
{
	size_t i;

	(void)pthread_mutex_lock(&d->lock);
	i = place_of(d, who);
	if (i < d->impersonated_count)
		d->impersonated[i] = d->impersonated[--d->impersonated_count];
	(void)pthread_mutex_unlock(&d->lock);
}

void dev_impersonate_all(struct dev *d, bool is_on)
{
	(void)pthread_mutex_lock(&d->lock);
	d->impersonates_all = is_on;
	(void)pthread_mutex_unlock(&d->lock);
}

bool dev_may_sign(struct dev *d, const struct address *who)
{
	bool may;

	(void)pthread_mutex_lock(&d->lock);
	may = d->impersonates_all || place_of(d, who) < d->impersonated_count;
	(void)pthread_mutex_unlock(&d->lock);
	return may;
}

enum err dev_send(struct dev *d, struct hash *hash, struct refusal *why, const struct tx *tx,
		  const struct address *sender)
{
	u8 *out = malloc(TX_SIZE_MAX);
	struct bytes raw;
	enum err e;

	*why = (struct refusal){ .code = OK };
	if (!out)
		return ERR_FULL;
	e = tx_unsigned(&raw, tx, sender, out, TX_SIZE_MAX);
	e = e == OK ? mempool_add_unsigned(d->node->pool, hash, why, raw) : ERR_TX_SIZE;
	free(out);
	return e;
}
