#include "contracts-native/dispatch/call.h"

#include <string.h>

const struct contract_code CONTRACT_CODE = {
	.copy = { 0x60, 132, 0x60, 12, 0x60, 0, 0x39 }, /* PUSH1 132, PUSH1 12, PUSH1 0, CODECOPY */
	.revert = { 0x60, 132, 0x60, 0, 0xfd },         /* PUSH1 132, PUSH1 0, REVERT */
	.error = { 0x08, 0xc3, 0x79, 0xa0 },            /* Error(string) */
	.offset = { [31] = 32 },
	.length = { [31] = 60 },
	.text = "native contract: only a Plimsoll node can execute it, no EVM",
};

/* What a failed call goes back to. */
struct call_mark {
	size_t state;
	u32 logs, deferred;
};

static struct call_mark mark_of(const struct exec *e)
{
	return (struct call_mark){ state_checkpoint(e->state), e->logs->count, e->deferred };
}

static bool mark_is_passed(const struct call_mark *mark, const struct exec *e)
{
	return state_checkpoint(e->state) != mark->state || e->logs->count != mark->logs;
}

static void mark_restore(const struct call_mark *mark, struct exec *e)
{
	state_rollback(e->state, mark->state);
	e->logs->count = mark->logs;
	e->deferred = mark->deferred;
}

/* -- the steps of a call ------------------------------------------------------------ */

static enum err value_move(struct state *s, const struct address *from, const struct address *to,
			   const struct u256 *value)
{
	struct account_key payer = { *from }, payee = { *to };
	struct account account;

	if (u256_is_zero(value))
		return OK;
	account_read(s, &payer, &account);
	if (u256_sub(&account.balance, &account.balance, value))
		return ERR_BARE;
	account_write(s, &payer, &account);
	account_read(s, &payee, &account);
	TRY(u256_add(&account.balance, &account.balance, value));
	account_write(s, &payee, &account);
	return OK;
}

static const struct method *method_find(const struct contract *contract, struct bytes input)
{
	u32 selector;

	if (input.size < 4)
		return NULL;
	selector = load_be32(input.at);
	for (size_t i = 0; i < contract->method_count; i++)
		if (contract->methods[i].selector == selector)
			return &contract->methods[i];
	return NULL;
}

static enum err gas_take(struct exec *e, u64 gas)
{
	if (e->gas_left < gas) {
		e->gas_left = 0;
		return ERR_OUT_OF_GAS;
	}
	e->gas_left -= gas;
	return OK;
}

/* The result buffer of the call at this depth. */
static u8 *scratch_of(struct exec *e)
{
	u8 **scratch = &e->arena->scratch[e->depth - 1];

	if (!*scratch)
		*scratch = arena_take(e->arena, CALL_OUTPUT_MAX);
	return *scratch;
}

/* Runs the handler between decoding and encoding, under the conditions of its row. */
static enum err method_run(struct call *c, struct bytes *output, const struct method *row)
{
	struct bytes arguments = { c->input.at + 4, c->input.size - 4 };
	struct abi_types types, returns;
	u8 *scratch;

	if (row->mutability != PAYABLE && !u256_is_zero(&c->value))
		return ERR_BARE;
	if (row->mutability == WRITE && c->is_static)
		return ERR_BARE;
	TRY(gas_take(c->exec, row->gas));
	TRY(abi_parse(&types, row->signature));
	if (abi_decode(&c->args, &types, arguments, ABI_CALLDATA))
		return ERR_BARE;
	TRY(abi_parse(&returns, row->returns[0] ? row->returns : "()"));
	scratch = scratch_of(c->exec);
	if (!scratch)
		return ERR_FULL;
	abi_writer_init(&c->out, &returns, scratch, CALL_OUTPUT_MAX);
	TRY(row->run(c));
	if (abi_writer_end(&c->out, output))
		return ERR_SIZE;
	return gas_take(c->exec, output->size * CALL_GAS_OUTPUT_BYTE);
}

static enum err contract_enter(struct call *c, struct bytes *output, const struct contract *contract)
{
	const struct method *row;
	struct call_mark mark;

	if (c->is_static && !u256_is_zero(&c->value))
		return ERR_BARE;
	TRY(value_move(c->state, &c->caller, &c->self, &c->value));
	if (!contract)
		return OK;
	row = method_find(contract, c->input);
	if (!row)
		return ERR_BARE;
	mark = mark_of(c->exec);
	if (row->mutability == VIEW)
		c->is_static = true;
	TRY(method_run(c, output, row));
	return c->is_static && mark_is_passed(&mark, c->exec) ? ERR_BARE : OK;
}

/* -- running -------------------------------------------------------------------------- */

static struct bytes panic_data(struct arena *arena, u8 code)
{
	u8 *at = arena_take(arena, 36);

	if (!at)
		return (struct bytes){ NULL, 0 };
	memset(at, 0, 36);
	store_be32(at, 0x4e487b71); /* Panic(uint256) */
	at[35] = code;
	return (struct bytes){ at, 36 };
}

static struct bytes revert_data(struct call *c, enum err e)
{
	struct arena *arena = c->exec->arena;

	if (e == ERR_REVERT)
		return c->revert;
	if (e == ERR_ARITHMETIC)
		return panic_data(arena, 0x11);
	if (e == ERR_PANIC_DIVIDE)
		return panic_data(arena, 0x12);
	if (e == ERR_PANIC_ENUM)
		return panic_data(arena, 0x21);
	if (e == ERR_PANIC_INDEX)
		return panic_data(arena, 0x32);
	return (struct bytes){ NULL, 0 };
}

/* The result, where the caller may keep it: only the outermost one outlives the scratch. */
static enum err output_keep(struct exec *e, struct bytes *output)
{
	u8 *kept;

	if (e->depth > 0 || output->size == 0)
		return OK;
	kept = arena_take(e->arena, output->size);
	if (!kept)
		return ERR_FULL;
	memcpy(kept, output->at, output->size);
	output->at = kept;
	return OK;
}

/* contract is NULL for an account without code. */
static enum err run(struct exec *e, struct bytes *output, const struct message *m,
		    const struct contract *contract, struct contract_id id)
{
	struct call_mark mark = mark_of(e);
	struct bytes result = { NULL, 0 };
	struct call c;
	enum err err;

	assert(e->depth <= CALL_DEPTH_MAX);

	*output = result;
	if (e->depth == CALL_DEPTH_MAX)
		return ERR_BARE;
	c.exec = e;
	c.state = e->state;
	c.self = m->to;
	c.id = id;
	c.caller = m->caller;
	c.value = m->value;
	c.is_static = m->is_static;
	c.input = m->input;
	c.revert = result;
	e->depth++;
	err = contract_enter(&c, &result, contract);
	e->depth--;
	if (err == OK)
		err = output_keep(e, &result);
	else if (err != ERR_FULL)
		result = revert_data(&c, err);
	if (err == ERR_FULL || state_is_full(e->state) || e->arena->full)
		return ERR_FULL;
	if (err != OK)
		mark_restore(&mark, e);
	*output = result;
	return err;
}

enum err call_run_on(struct exec *e, struct bytes *output, const struct message *m,
		     const struct contract *contract, struct contract_id id)
{
	assert(contract && contract->kind == id.kind);

	return run(e, output, m, contract, id);
}

/* The contract that lives at an address; NULL if none does. */
static const struct contract *contract_at(struct state *s, const struct address *a, struct contract_id *id)
{
	const struct contract *contract;

	*id = contract_of(a);
	contract = id->kind == CONTRACT_NONE ? NULL : contract_find(id->kind);
	return contract && contract->exists(s, id->index) ? contract : NULL;
}

enum err call_run(struct exec *e, struct bytes *output, const struct message *m)
{
	struct contract_id id;
	const struct contract *contract = contract_at(e->state, &m->to, &id);

	return run(e, output, m, contract, id);
}

bool call_has_code(struct state *s, const struct address *a)
{
	struct contract_id id;

	return contract_at(s, a, &id) != NULL;
}
