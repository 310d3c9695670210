#include "tests/support/invariants.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tests/support/require.h"

#define X(name, when, statement) { #name, statement, when, holds_##name },
static const struct invariant rows[] = { INVARIANTS(X) };
#undef X
static_assert(ARRAY_COUNT(rows) <= 128, "a bit for each");

const struct invariant *invariants_all(u32 *count)
{
	*count = ARRAY_COUNT(rows);
	return rows;
}

/* -- small help --------------------------------------------------------------------------- */

bool broken(struct invariants *v, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(v->detail, sizeof v->detail, format, arguments);
	va_end(arguments);
	return false;
}

int u128_cmp(struct u128le a, struct u128le b)
{
	if (a.limb[1] != b.limb[1])
		return a.limb[1] < b.limb[1] ? -1 : 1;
	return a.limb[0] < b.limb[0] ? -1 : a.limb[0] > b.limb[0];
}

const struct log *event_next(const struct invariants *v, u32 *at, enum event_name name)
{
	const struct log_list *logs = &v->world->logs;

	while (*at < logs->count) {
		const struct log *log = &logs->at[(*at)++];

		if (hash_cmp(&log->topics[0], &event_info(name)->topic) == 0)
			return log;
	}
	return NULL;
}

struct u256 event_word(const struct log *log, u32 i)
{
	require(log->data.size >= 32 * ((size_t)i + 1));
	return u256_from_be(log->data.at + 32 * (size_t)i);
}

u32 event_asset(const struct log *log, u32 topic)
{
	struct u256 word = u256_from_be(log->topics[topic].bytes);
	struct address a = address_of_word(&word);

	return contract_of(&a).index;
}

/* -- how it was ------------------------------------------------------------------------------ */

struct position position_before(const struct invariants *v, u32 asset, u32 person)
{
	for (u32 i = 0; i < v->position_count; i++)
		if (v->positions[i].asset == asset && v->positions[i].person == person)
			return v->positions[i].before;
	return v->now.positions[asset][person];
}

struct u256 balance_before(const struct invariants *v, u32 asset, u32 person)
{
	for (u32 i = 0; i < v->balance_count; i++)
		if (v->balances[i].asset == asset && v->balances[i].person == person)
			return v->balances[i].before;
	return v->now.balances[asset][person];
}

struct user user_before(const struct invariants *v, u32 person)
{
	return v->is_touched[person] ? v->users[person] : v->now.users[person];
}

const struct ledger_asset *asset_before(const struct invariants *v, u32 asset)
{
	return v->asset_mask >> asset & 1 ? &v->assets[asset] : &v->now.assets[asset];
}

const struct worth *worth_before(const struct invariants *v, u32 person)
{
	return v->is_touched[person] ? &v->worths[person] : NULL;
}

/* What is committed is how it was before the step. */
static struct bytes committed(const struct invariants *v, enum table table, const void *key, size_t size)
{
	u8 whole[TABLE_KEY_MAX] = { (u8)table };

	memcpy(whole + 1, key, size);
	return world_committed(v->world, (struct bytes){ whole, 1 + size });
}

static struct u256 allowance_committed(const struct invariants *v, const struct allowance_key *key)
{
	struct bytes value = committed(v, TABLE_allowance, key, sizeof *key);
	struct u256 amount = U256_ZERO;

	if (value.at)
		memcpy(&amount, value.at, sizeof amount);
	return amount;
}

struct u256 allowance_before(const struct invariants *v, enum contract_kind kind, u32 asset,
			     u32 owner, u32 spender)
{
	struct allowance_key key = { { (u16)kind, (u16)asset }, v->now.people[owner], v->now.people[spender] };

	return allowance_committed(v, &key);
}

bool is_manager_before(const struct invariants *v, u32 user, u32 manager)
{
	struct manager_key key = { v->now.people[user], v->now.people[manager] };

	return committed(v, TABLE_manager, &key, sizeof key).at != NULL;
}

bool had_role(const struct invariants *v, u32 person, const char *name)
{
	struct role_key key = { .member = v->now.people[person] };

	if (name[0])
		keccak256(&key.role, (struct bytes){ (const u8 *)name, strlen(name) });
	return committed(v, TABLE_role, &key, sizeof key).at != NULL;
}

/* -- taking the changes over --------------------------------------------------------------------- */

static void touch_asset(struct invariants *v, u32 asset)
{
	if (v->asset_mask >> asset & 1)
		return;
	v->asset_mask |= 1u << asset;
	v->assets[asset] = v->now.assets[asset];
}

static void touch_person(struct invariants *v, u32 person)
{
	if (v->is_touched[person])
		return;
	v->is_touched[person] = true;
	v->people[v->person_count++] = person;
	v->users[person] = v->now.users[person];
	v->worths[person] = ledger_worth(&v->now, person, v->step.time);
}

static void touch_position(struct invariants *v, const struct position_key *key)
{
	u32 who = ledger_person(&v->now, &key->owner);

	require(v->position_count < TOUCHED_MAX);
	touch_person(v, who);
	v->positions[v->position_count++] =
		(struct touched_position){ key->reserve, who, v->now.positions[key->reserve][who] };
}

static void touch_balance(struct invariants *v, const struct balance_key *key)
{
	u32 who = ledger_person(&v->now, &key->owner);

	require(v->balance_count < TOUCHED_MAX);
	v->balances[v->balance_count++] =
		(struct touched_balance){ key->token, who, v->now.balances[key->token][who] };
}

static void touch_allowance(struct invariants *v, const struct state_change *change)
{
	struct touched_allowance *a = &v->allowances[v->allowance_count++];

	require(v->allowance_count <= TOUCHED_MAX);
	memcpy(&a->key, change->key.at + 1, sizeof a->key);
	a->before = allowance_committed(v, &a->key);
	a->after = U256_ZERO;
	if (change->value.at)
		memcpy(&a->after, change->value.at, sizeof a->after);
}

static void touch(void *context, const struct state_change *change)
{
	struct invariants *v = context;
	enum table table = (enum table)change->key.at[0];
	union {
		struct position_key position;
		struct balance_key balance;
		struct user_key user;
		struct role_key role;
		u16 asset;
		u8 bytes[TABLE_KEY_MAX];
	} key;

	memcpy(key.bytes, change->key.at + 1, change->key.size - 1);
	v->change_count++;
	if (table == TABLE_reserve || table == TABLE_token || table == TABLE_feed)
		touch_asset(v, key.asset);
	else if (table == TABLE_position)
		touch_position(v, &key.position);
	else if (table == TABLE_balance)
		touch_balance(v, &key.balance);
	else if (table == TABLE_user)
		touch_person(v, ledger_person(&v->now, &key.user.owner));
	else if (table == TABLE_allowance)
		touch_allowance(v, change);
	else if (table == TABLE_emode)
		v->categories_changed = true;
	else if (table == TABLE_pool)
		v->pool_changed = true;
	else if (table == TABLE_role && v->role_count < TOUCHED_MAX)
		v->roles[v->role_count++] = key.role;
}

static void apply(void *context, const struct state_change *change)
{
	struct invariants *v = context;

	ledger_apply(&v->now, change);
}

/* sum + after - before modulo 2^256: what it passes through in between may wrap. */
static void adjust(struct u256 *sum, struct u256 before, struct u256 after)
{
	u64 borrow = 0, carry = 0;

	for (u32 i = 0; i < 4; i++) {
		u128 less = (u128)sum->limb[i] - before.limb[i] - borrow, more;

		borrow = (u64)(less >> 64) & 1;
		more = (u128)(u64)less + after.limb[i] + carry;
		carry = (u64)(more >> 64);
		sum->limb[i] = (u64)more;
	}
}

static void adjust_sums(struct invariants *v)
{
	for (u32 i = 0; i < v->position_count; i++) {
		const struct touched_position *t = &v->positions[i];
		const struct position *p = &v->now.positions[t->asset][t->person];
		struct memory *m = &v->memory[t->asset];

		adjust(&m->scaled_supply, ledger_wide(t->before.scaled_supply), ledger_wide(p->scaled_supply));
		adjust(&m->scaled_debt, ledger_wide(t->before.scaled_debt), ledger_wide(p->scaled_debt));
	}
	for (u32 i = 0; i < v->balance_count; i++) {
		const struct touched_balance *t = &v->balances[i];

		touch_asset(v, t->asset);
		adjust(&v->memory[t->asset].tokens, t->before, v->now.balances[t->asset][t->person]);
	}
}

/* -- looking ---------------------------------------------------------------------------------------- */

static bool look(struct invariants *v, enum when when)
{
	u128 before = v->broken;

	for (u32 i = 0; i < ARRAY_COUNT(rows); i++) {
		u128 bit = (u128)1 << i;

		if (rows[i].when == when && !((v->broken | v->ignored) & bit) && !rows[i].holds(v))
			v->broken |= bit;
	}
	return v->broken == before;
}

static void add_up(struct invariants *v)
{
	const struct ledger *l = &v->now;

	for (u32 i = 0; i < l->asset_count; i++) {
		struct memory *m = &v->memory[i];

		for (u32 who = 0; who < l->people_count; who++) {
			adjust(&m->scaled_supply, U256_ZERO, ledger_wide(l->positions[i][who].scaled_supply));
			adjust(&m->scaled_debt, U256_ZERO, ledger_wide(l->positions[i][who].scaled_debt));
			adjust(&m->tokens, U256_ZERO, l->balances[i][who]);
		}
	}
}

void invariants_begin(struct invariants *v, struct world *w)
{
	struct invariants *fresh = calloc(1, sizeof *fresh);

	require(fresh != NULL);
	memcpy(fresh->now.people, v->now.people, sizeof v->now.people);
	fresh->now.people_count = v->now.people_count;
	fresh->ignored = v->ignored;
	fresh->world = w;
	*v = *fresh;
	free(fresh);
	world_each(w, apply, v);
	add_up(v);
	for (u32 i = 0; i < v->now.asset_count; i++) {
		struct address vault = contract_address(CONTRACT_ATOKEN, (u16)i);

		v->memory[i].vault = ledger_person(&v->now, &vault);
		v->memory[i].deficit = ledger_wide(v->now.assets[i].record.deficit);
	}
}

void invariants_before(struct invariants *v, const struct step *step)
{
	for (u32 i = 0; i < v->person_count; i++)
		v->is_touched[v->people[i]] = false;
	v->step = *step;
	v->asset_mask = 0;
	v->position_count = v->balance_count = v->allowance_count = v->person_count = v->role_count = 0;
	v->categories_changed = v->pool_changed = false;
	v->change_count = 0;
}

bool invariants_after(struct invariants *v, enum err outcome)
{
	v->outcome = outcome;
	state_changes(&v->world->state, touch, v);
	state_changes(&v->world->state, apply, v);
	if (v->now.overflow)
		return true;
	adjust_sums(v);
	return look(v, EVERY_STEP);
}

/* Tries calls on the committed state, and undoes them. */
bool invariants_probe(struct invariants *v, u64 dice)
{
	bool fine;

	v->dice = dice;
	fine = look(v, PROBE);
	require(state_checkpoint(&v->world->state) == 0);
	return fine;
}

bool invariants_recount(struct invariants *v)
{
	return look(v, RECOUNT);
}

/* -- the book ------------------------------------------------------------------------------------------ */

/* A record of zeros is no record: it would change the state's root. */
static void find_zeros(void *context, const struct state_change *record)
{
	bool *found = context, is_zero = true;

	for (size_t i = 0; i < record->value.size; i++)
		is_zero = is_zero && record->value.at[i] == 0;
	*found = *found || is_zero;
}

bool holds_records_match_the_book(struct invariants *v)
{
	struct invariants *again;
	bool same, has_zeros = false;

	world_each(v->world, find_zeros, &has_zeros);
	if (has_zeros)
		return broken(v, "a record of zeros is stored");
	again = calloc(1, sizeof *again);
	require(again != NULL);
	memcpy(again->now.people, v->now.people, sizeof v->now.people);
	again->now.people_count = v->now.people_count;
	invariants_begin(again, v->world);
	same = memcmp(again->now.positions, v->now.positions, sizeof v->now.positions) == 0 &&
	       memcmp(again->now.balances, v->now.balances, sizeof v->now.balances) == 0 &&
	       memcmp(again->now.users, v->now.users, sizeof v->now.users) == 0 &&
	       memcmp(again->now.emodes, v->now.emodes, sizeof v->now.emodes) == 0;
	for (u32 i = 0; same && i < v->now.asset_count; i++)
		same = memcmp(&again->now.assets[i].record, &v->now.assets[i].record, sizeof(struct reserve)) == 0 &&
		       u256_equal(&again->memory[i].tokens, &v->memory[i].tokens) &&
		       u256_equal(&again->memory[i].scaled_supply, &v->memory[i].scaled_supply) &&
		       u256_equal(&again->memory[i].scaled_debt, &v->memory[i].scaled_debt);
	free(again);
	return same ? true : broken(v, "the committed records are not what the changes made of them");
}
