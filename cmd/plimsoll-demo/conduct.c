#include "cmd/plimsoll-demo/conduct.h"

#include "client/field.h"
#include "contracts-native/dispatch/address.h"

#define LOST_BLOCKS    50 /* after so many, a transaction is taken to be lost */
#define ACTS_MAX       50 /* in one moment, however long ago the last one was */
#define APPROVE_ALL    (-1.0)
#define WALLET_CAREFUL 0.95 /* of what we believe is in hand */
#define MEND_CHANCE    0.3  /* in a moment, of an attentive borrower near the edge */
#define TRIFLE_USD     1.0

/* -- settling in ---------------------------------------------------------------------------- */

static enum err give(struct conduct *c, struct person *p, enum asset asset, double tokens)
{
	p->wallet[asset] -= tokens;
	return orders_add(c->orders, p, DEED_SUPPLY, asset, tokens, c->board->height);
}

enum err conduct_settle_suppliers(struct conduct *c)
{
	for (u32 i = 0; i < c->people->suppliers; i++) {
		struct person *p = &c->people->at[i];

		TRY(orders_add(c->orders, p, DEED_APPROVE, p->supplied, APPROVE_ALL,
			       c->board->height));
		TRY(give(c, p, p->supplied, p->supply));
	}
	return orders_flush(c->orders);
}

enum err conduct_settle_borrowers(struct conduct *c)
{
	const struct reserve_row *rows = c->board->reserves;

	for (u32 i = c->people->suppliers; i < c->people->count; i++) {
		struct person *p = &c->people->at[i];

		p->debt = p->supply * rows[p->supplied].price *
			  c->orders->terms[p->supplied].threshold / p->health /
			  rows[p->borrowed].price;
		TRY(orders_add(c->orders, p, DEED_APPROVE, p->supplied, APPROVE_ALL,
			       c->board->height));
		TRY(orders_add(c->orders, p, DEED_APPROVE, p->borrowed, APPROVE_ALL,
			       c->board->height));
		TRY(give(c, p, p->supplied, p->supply));
		TRY(orders_add(c->orders, p, DEED_BORROW, p->borrowed, p->debt, c->board->height));
		p->wallet[p->borrowed] += p->debt;
	}
	return orders_flush(c->orders);
}

u32 conduct_waiting(const struct conduct *c)
{
	u32 count = 0;

	for (u32 i = 0; i < c->people->count; i++)
		count += c->people->at[i].waiting > 0;
	return count;
}

/* -- what a person has -------------------------------------------------------------------------- */

/* Tokens of one position, in the key's column. */
static double position_tokens(const struct conduct *c, const json_t *positions, enum asset asset,
			      const char *key)
{
	struct address token = contract_address(CONTRACT_TOKEN, (u16)asset), at;
	const json_t *position;
	struct u256 units;
	size_t i;

	json_array_foreach(positions, i, position)
	{
		if (field_address(&at, position, "asset") == OK && address_cmp(&at, &token) == 0 &&
		    field_u256(&units, position, key) == OK)
			return token_count(&units, c->orders->terms[asset].decimals);
	}
	return 0;
}

/* After a liquidation: what is left.  ERR_IO. */
static enum err refresh(struct conduct *c, struct person *p)
{
	json_t *answer = rpc_call(c->orders->rpc, NULL, "plimsoll_getHealth",
				  json_pack("[o]", json_of_address(&p->address)));
	const json_t *positions = json_object_get(answer, "positions");

	if (!json_is_array(positions)) {
		json_decref(answer);
		return ERR_IO;
	}
	p->supply = position_tokens(c, positions, p->supplied, "supplied");
	p->debt = position_tokens(c, positions, p->borrowed, "borrowed");
	p->is_stale = false;
	json_decref(answer);
	return OK;
}

/* -- ordinary life ------------------------------------------------------------------------------ */

static double at_most(double wanted, double there)
{
	return wanted < there ? wanted : there;
}

/* One deed about so many tokens, unless they are hardly worth the fee. */
static enum err act(struct conduct *c, struct person *p, enum deed deed, enum asset asset,
		    double tokens)
{
	bool spends = deed == DEED_SUPPLY || deed == DEED_REPAY;

	if (spends)
		tokens = at_most(tokens, p->wallet[asset] * WALLET_CAREFUL);
	if (tokens * c->board->reserves[asset].price < TRIFLE_USD)
		return OK;
	p->wallet[asset] += spends ? -tokens : tokens;
	if (deed == DEED_SUPPLY || deed == DEED_WITHDRAW)
		p->supply += spends ? tokens : -tokens;
	else
		p->debt += spends ? -tokens : tokens;
	return orders_add(c->orders, p, deed, asset, tokens, c->board->height);
}

static bool is_near(const struct conduct *c, const struct person *p)
{
	for (u32 i = 0; i < c->market->near_count; i++) {
		if (address_cmp(&c->market->near[i], &p->address) == 0)
			return true;
	}
	return false;
}

static enum err act_by_chance(struct conduct *c, struct person *p)
{
	struct chance *chance = &c->people->chance;
	double part = chance_between(chance, 0.01, 0.06);
	u32 deed = chance_below(chance, 100);

	if (p->is_stale)
		TRY(refresh(c, p));
	if (!p->is_borrower)
		return act(c, p, deed < 60 ? DEED_SUPPLY : DEED_WITHDRAW, p->supplied,
			   p->supply * part);
	if (deed < 30)
		return act(c, p, DEED_SUPPLY, p->supplied, p->supply * part);
	if (deed < 60)
		return act(c, p, DEED_REPAY, p->borrowed, p->debt * part);
	if (is_near(c, p))
		return OK; /* whoever is near the edge does not go nearer */
	if (deed < 80)
		return act(c, p, DEED_BORROW, p->borrowed, p->debt * part);
	return act(c, p, DEED_WITHDRAW, p->supplied, p->supply * part / 2);
}

/* Pays back a good part, or adds collateral if that is not in hand. */
static enum err mend(struct conduct *c, struct person *p)
{
	double part = chance_between(&c->people->chance, 0.15, 0.4);

	if (p->is_stale)
		TRY(refresh(c, p));
	if (p->wallet[p->borrowed] > p->debt * part)
		return act(c, p, DEED_REPAY, p->borrowed, p->debt * part);
	return act(c, p, DEED_SUPPLY, p->supplied, p->supply * part);
}

static enum err mend_near(struct conduct *c)
{
	for (u32 i = 0; i < c->market->near_count; i++) {
		struct person *p = people_find(c->people, &c->market->near[i]);

		if (p && p->is_attentive && p->waiting == 0 &&
		    chance_unit(&c->people->chance) < MEND_CHANCE)
			TRY(mend(c, p));
	}
	return OK;
}

static enum err find_lost(struct conduct *c)
{
	for (u32 i = 0; i < c->people->count; i++) {
		struct person *p = &c->people->at[i];

		if (p->waiting > 0 && c->board->height > p->waiting_since + LOST_BLOCKS) {
			p->waiting = 0;
			TRY(orders_resume(c->orders, p));
		}
	}
	return OK;
}

enum err conduct_act(struct conduct *c, double wall)
{
	if (c->acted_at > 0)
		c->owed_acts += (wall - c->acted_at) * CONDUCT_ACTS_A_SECOND * c->people->count;
	c->acted_at = wall;
	if (c->owed_acts > ACTS_MAX)
		c->owed_acts = ACTS_MAX;
	TRY(find_lost(c));
	TRY(mend_near(c));
	for (; c->owed_acts >= 1; c->owed_acts--) {
		struct person
			*p = &c->people->at[chance_below(&c->people->chance, c->people->count)];

		if (p->waiting == 0)
			TRY(act_by_chance(c, p));
	}
	return orders_flush(c->orders);
}
