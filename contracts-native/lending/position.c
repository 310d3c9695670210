#include "contracts-native/lending/position.h"

#include "contracts-native/token/token.h"

static const struct address nobody;

static void store(struct state *s, u16 reserve, const struct address *owner, const struct position *p)
{
	position_write(s, &(struct position_key){ reserve, *owner }, p);
}

struct position position_of(struct state *s, u16 reserve, const struct address *owner)
{
	struct position p;

	position_read(s, &(struct position_key){ reserve, *owner }, &p);
	return p;
}

enum err position_supply(struct amount *out, const struct position *p, struct ray index)
{
	return scaled_to_amount_down(out, scaled_of(p->scaled_supply), index);
}

enum err position_debt(struct amount *out, const struct position *p, struct ray index)
{
	return scaled_to_amount_up(out, scaled_of(p->scaled_debt), index);
}

/* -- one side of a position ---------------------------------------------------- */

/* The fields that a side consists of. */
struct ledger {
	enum side side;
	const struct address *emitter;
	struct u128le *balance, *index; /* of the user */
	struct u256 *supply;            /* of all users */
};

static struct ledger ledger_of(enum side side, struct reserve_open *m, struct position *p)
{
	if (side == SIDE_SUPPLY)
		return (struct ledger){ side, &m->atoken, &p->scaled_supply, &p->supply_index,
					&m->r.scaled_supply };
	return (struct ledger){ side, &m->debt_token, &p->scaled_debt, &p->debt_index,
				&m->r.scaled_debt };
}

static enum err visible(struct amount *out, const struct ledger *l, struct scaled s, struct ray index)
{
	if (l->side == SIDE_SUPPLY)
		return scaled_to_amount_down(out, s, index);
	return scaled_to_amount_up(out, s, index);
}

/* What the user saw before, and how much of the present balance is interest since. */
static enum err interest(struct amount *before, struct amount *increase, const struct ledger *l,
			 struct ray index)
{
	struct scaled held = scaled_of(*l->balance);
	struct amount now;

	TRY(visible(before, l, held, ray_of(*l->index)));
	TRY(visible(&now, l, held, index));
	return amount_sub(increase, now, *before);
}

static void emit_transfer(struct call *c, const struct address *emitter, const struct address *from,
			  const struct address *to, struct amount amount)
{
	call_emit(c, emitter, EVENT_Transfer,
		  (struct u256[]){ word_of_address(from), word_of_address(to), amount_raw(amount) },
		  3);
}

static void emit_mint(struct call *c, const struct address *emitter, const struct address *caller,
		      const struct address *to, struct amount amount, struct amount increase,
		      struct ray index)
{
	emit_transfer(c, emitter, &nobody, to, amount);
	call_emit(c, emitter, EVENT_Mint,
		  (struct u256[]){ word_of_address(caller), word_of_address(to), amount_raw(amount),
				   amount_raw(increase), ray_raw(index) },
		  5);
}

static void emit_burn(struct call *c, const struct address *emitter, const struct address *from,
		      const struct address *target, struct amount amount, struct amount increase,
		      struct ray index)
{
	emit_transfer(c, emitter, from, &nobody, amount);
	call_emit(c, emitter, EVENT_Burn,
		  (struct u256[]){ word_of_address(from), word_of_address(target), amount_raw(amount),
				   amount_raw(increase), ray_raw(index) },
		  5);
}

enum err position_mint(struct call *c, bool *first, struct reserve_open *m, enum side side,
		       const struct address *caller, const struct address *to,
		       struct scaled scaled, struct ray index)
{
	struct position p = position_of(c->state, m->id, to);
	struct ledger l = ledger_of(side, m, &p);
	struct amount before, increase, after;
	struct scaled held = scaled_of(*l.balance), sum, supply;
	struct u128le part;

	if (scaled_is_zero(scaled))
		return call_revert(c, REVERT_InvalidMintAmount);
	TRY(scaled_add(&sum, held, scaled));
	TRY(visible(&after, &l, sum, index));
	TRY(interest(&before, &increase, &l, index));
	TRY(narrow(c, l.index, ray_raw(index), 128));
	TRY(narrow(c, &part, scaled_raw(scaled), POSITION_SCALED_BITS));
	TRY(scaled_add(&supply, scaled_from(*l.supply), scaled));
	*l.supply = scaled_raw(supply);
	TRY(narrow_add(l.balance, *l.balance, part, POSITION_SCALED_BITS));
	TRY(amount_sub(&after, after, before));
	store(c->state, m->id, to, &p);
	emit_mint(c, l.emitter, caller, to, after, increase, index);
	*first = scaled_is_zero(held);
	return OK;
}

enum err position_burn(struct call *c, bool *emptied, struct reserve_open *m, enum side side,
		       const struct address *from, const struct address *target,
		       struct scaled scaled, struct ray index)
{
	struct position p = position_of(c->state, m->id, from);
	struct ledger l = ledger_of(side, m, &p);
	struct amount before, increase, after, change;
	struct scaled left, supply;
	struct u128le part;

	if (scaled_is_zero(scaled))
		return call_revert(c, REVERT_InvalidBurnAmount);
	TRY(scaled_sub(&left, scaled_of(*l.balance), scaled));
	TRY(visible(&after, &l, left, index));
	TRY(interest(&before, &increase, &l, index));
	TRY(narrow(c, l.index, ray_raw(index), 128));
	TRY(narrow(c, &part, scaled_raw(scaled), POSITION_SCALED_BITS));
	TRY(scaled_sub(&supply, scaled_from(*l.supply), scaled));
	*l.supply = scaled_raw(supply);
	TRY(narrow_sub(l.balance, *l.balance, part));
	store(c->state, m->id, from, &p);
	*emptied = scaled_is_zero(left);
	if (amount_cmp(after, before) > 0) { /* interest exceeded what was burned */
		TRY(amount_sub(&change, after, before));
		emit_mint(c, l.emitter, from, from, change, increase, index);
	} else {
		TRY(amount_sub(&change, before, after));
		emit_burn(c, l.emitter, from, target, change, increase, index);
	}
	return OK;
}

enum err position_redeem(struct call *c, bool *emptied, struct reserve_open *m,
			 const struct address *from, const struct address *receiver,
			 struct amount amount, struct scaled scaled, struct ray index)
{
	TRY(position_burn(c, emptied, m, SIDE_SUPPLY, from, receiver, scaled, index));
	if (address_cmp(receiver, &m->atoken) == 0)
		return OK;
	return token_move(c, m->r.token, &m->atoken, receiver, amount);
}

enum err position_move(struct call *c, struct reserve_open *m, const struct address *sender,
		       const struct address *from, const struct address *to,
		       struct amount amount, struct scaled scaled, struct ray index)
{
	bool to_self = address_cmp(from, to) == 0;
	struct position giver = position_of(c->state, m->id, from);
	struct position taker = position_of(c->state, m->id, to);
	struct ledger give = ledger_of(SIDE_SUPPLY, m, &giver);
	struct ledger take = ledger_of(SIDE_SUPPLY, m, &taker);
	struct amount before, given, taken;
	struct u128le part;

	TRY(interest(&before, &given, &give, index));
	TRY(interest(&before, &taken, &take, index));
	TRY(narrow(c, give.index, ray_raw(index), 128));
	TRY(narrow(c, take.index, ray_raw(index), 128));
	TRY(narrow(c, &part, scaled_raw(scaled), POSITION_SCALED_BITS));
	TRY(narrow_sub(give.balance, *give.balance, part));
	store(c->state, m->id, from, &giver);
	if (to_self)
		taker = giver;
	TRY(narrow_add(take.balance, *take.balance, part, POSITION_SCALED_BITS));
	store(c->state, m->id, to, &taker);

	if (!amount_is_zero(given))
		emit_mint(c, &m->atoken, sender, from, given, given, index);
	if (!to_self && !amount_is_zero(taken))
		emit_mint(c, &m->atoken, sender, to, taken, taken, index);
	emit_transfer(c, &m->atoken, from, to, amount);
	call_emit(c, &m->atoken, EVENT_BalanceTransfer,
		  (struct u256[]){ word_of_address(from), word_of_address(to), scaled_raw(scaled), ray_raw(index) },
		  4);
	return OK;
}
