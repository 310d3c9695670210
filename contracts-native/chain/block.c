#include "contracts-native/chain/block.h"

#include <string.h>

#define CAPACITY_MIN     64u
#define RECEIPT_SIZE_MIN 320 /* RLP of a receipt without logs: the bloom and a few numbers */
#define LOG_SIZE_MIN     200 /* RLP of a log without data */

void block_begin(struct block *b, struct state *state, const struct block_env *env, struct arena *arena)
{
	*b = (struct block){ .state = state, .env = *env, .arena = arena };
}

/* -- admission ------------------------------------------------------------------------ */

static enum err fees_check(const struct block_env *env, const struct tx *tx)
{
	if (u256_cmp(&tx->max_fee, &env->base_fee) < 0)
		return ERR_TX_FEE_LOW;
	if (u256_cmp(&tx->max_tip, &tx->max_fee) > 0)
		return ERR_TX_TIP_HIGH;
	return OK;
}

/* gas_room is what the block has left; *gas what the call may use. */
static enum err check(u64 *gas, struct state *s, const struct block_env *env, const struct tx *tx, u64 gas_room)
{
	u64 intrinsic = tx_gas_intrinsic(tx);
	struct account_key key = { tx->sender };
	struct account account;
	struct u256 cost;

	assert(tx->is_recovered);

	account_read(s, &key, &account);
	if (state_is_full(s))
		return ERR_FULL; /* what was read may be wrong */
	if (tx->nonce < account.nonce)
		return ERR_TX_NONCE_LOW;
	if (tx->nonce > account.nonce)
		return ERR_TX_NONCE_HIGH;
	if (tx->chain_id != env->chain_id)
		return ERR_TX_CHAIN_ID;
	TRY(fees_check(env, tx));
	if (tx->gas_limit < intrinsic)
		return ERR_TX_GAS_LOW;
	if (tx->gas_limit > gas_room)
		return ERR_TX_GAS_BLOCK;
	if (tx_cost_max(&cost, tx) || u256_cmp(&account.balance, &cost) < 0)
		return ERR_TX_FUNDS;
	*gas = tx->gas_limit - intrinsic;
	return OK;
}

enum err tx_check(struct state *s, const struct block_env *env, const struct tx *tx)
{
	u64 gas;

	return check(&gas, s, env, tx, env->gas_limit);
}

/* -- paying --------------------------------------------------------------------------------- */

/* gas * price.  Cannot overflow: the sender owned gas_limit * max_fee. */
static struct u256 gas_cost(u64 gas, const struct u256 *price)
{
	struct u256 factor = u256_from_u64(gas), cost;
	enum err e = u256_mul(&cost, &factor, price);

	assert(e == OK);
	return cost;
}

static void gas_buy(struct state *s, const struct tx *tx, const struct u256 *price)
{
	struct account_key key = { tx->sender };
	struct u256 cost = gas_cost(tx->gas_limit, price);
	struct account account;
	enum err e;

	account_read(s, &key, &account);
	e = u256_sub(&account.balance, &account.balance, &cost);
	assert(e == OK);
	account.nonce++;
	account_write(s, &key, &account);
}

/* Cannot overflow: all wei together, counted at genesis, are below 2^256. */
static void pay(struct state *s, const struct address *to, u64 gas, const struct u256 *price)
{
	struct account_key key = { *to };
	struct u256 sum = gas_cost(gas, price);
	struct account account;
	enum err e;

	if (u256_is_zero(&sum))
		return;
	account_read(s, &key, &account);
	e = u256_add(&account.balance, &account.balance, &sum);
	assert(e == OK);
	account_write(s, &key, &account);
}

/* What was not used goes back; the tip goes to the coinbase; the base fee goes nowhere. */
static void gas_settle(struct block *b, const struct tx *tx, const struct u256 *price, u64 used)
{
	struct u256 tip;
	enum err e = u256_sub(&tip, price, &b->env.base_fee);

	assert(e == OK);
	pay(b->state, &tx->sender, tx->gas_limit - used, price);
	pay(b->state, &b->env.coinbase, used, &tip);
}

/* -- executing ------------------------------------------------------------------------------ */

static struct receipt *receipt_push(struct block *b, const struct tx *tx)
{
	u32 capacity = b->capacity ? 2 * b->capacity : CAPACITY_MIN;
	struct receipt *receipt = arena_take(b->arena, sizeof *receipt);
	struct receipt **receipts;
	struct bytes *raws;

	if (b->count == b->capacity) {
		receipts = arena_take(b->arena, capacity * sizeof *receipts);
		raws = arena_take(b->arena, capacity * sizeof *raws);
		if (!receipts || !raws)
			return NULL;
		if (b->count > 0) {
			memcpy(receipts, b->receipts, b->count * sizeof *receipts);
			memcpy(raws, b->raws, b->count * sizeof *raws);
		}
		b->receipts = receipts;
		b->raws = raws;
		b->capacity = capacity;
	}
	if (!receipt)
		return NULL;
	b->raws[b->count] = tx->raw;
	b->receipts[b->count++] = receipt;
	return receipt;
}

/* Runs the call with the gas in *gas_left, and leaves there what it did not use. */
static enum err execute(struct block *b, struct bytes *output, u64 *gas_left, const struct tx *tx,
			const struct u256 *price)
{
	struct message message = {
		.caller = tx->sender,
		.to = tx->to,
		.value = tx->value,
		.input = tx->data,
	};
	struct exec e = {
		.state = b->state,
		.block = &b->env,
		.arena = b->arena,
		.logs = &b->logs,
		.origin = tx->sender,
		.gas_price = *price,
		.gas_left = *gas_left,
	};
	enum err outcome;

	b->logs.count = 0;
	outcome = call_run(&e, output, &message);
	*gas_left = e.gas_left;
	return outcome;
}

static enum err logs_keep(struct block *b, struct receipt *r)
{
	r->log_count = b->logs.count;
	r->logs = NULL;
	memset(&r->bloom, 0, sizeof r->bloom);
	if (r->log_count == 0)
		return OK;
	r->logs = arena_take(b->arena, r->log_count * sizeof *r->logs);
	if (!r->logs)
		return ERR_FULL;
	memcpy(r->logs, b->logs.at, r->log_count * sizeof *r->logs);
	for (u32 i = 0; i < r->log_count; i++)
		bloom_add_log_with(&r->bloom, &b->memo, &r->logs[i]);
	bloom_merge(&b->bloom, &r->bloom);
	return OK;
}

enum err block_apply(struct block *b, const struct tx *tx, const struct receipt **out)
{
	struct bytes output = { NULL, 0 };
	struct receipt *r;
	struct u256 price;
	enum err outcome;
	u64 gas_left;

	TRY(check(&gas_left, b->state, &b->env, tx, b->env.gas_limit - b->gas_used));
	price = tx_gas_price(tx, &b->env.base_fee);
	r = receipt_push(b, tx);
	if (!r)
		return ERR_FULL;
	gas_buy(b->state, tx, &price);
	outcome = execute(b, &output, &gas_left, tx, &price);
	if (outcome == ERR_FULL)
		return ERR_FULL;
	gas_settle(b, tx, &price, tx->gas_limit - gas_left);
	state_settle(b->state);

	b->gas_used += tx->gas_limit - gas_left;
	r->type = tx->type;
	r->succeeded = outcome == OK;
	r->outcome = outcome;
	r->gas_used = tx->gas_limit - gas_left;
	r->cumulative_gas = b->gas_used;
	r->gas_price = price;
	r->output = output;
	TRY(logs_keep(b, r));
	if (state_is_full(b->state))
		return ERR_FULL;
	*out = r;
	return OK;
}

/* -- roots ------------------------------------------------------------------------------------- */

static struct bytes raw_at(void *context, u32 i)
{
	const struct block *b = context;

	return b->raws[i];
}

/* As many buffers as the trie wants receipts at a time, in turn, each large enough for the largest. */
struct receipt_source {
	const struct block *block;
	u8 *buffers;
	size_t capacity;
	u32 turn;
};

static struct bytes receipt_at(void *context, u32 i)
{
	struct receipt_source *source = context;
	struct rlp_writer w;

	rlp_writer_init(&w, source->buffers + source->turn * source->capacity, source->capacity);
	source->turn = (source->turn + 1) % TRIE_WIDTH;
	receipt_encode(&w, source->block->receipts[i]);
	assert(!w.full);
	return (struct bytes){ w.at, w.size };
}

static size_t receipt_size_max(const struct receipt *r)
{
	size_t size = RECEIPT_SIZE_MIN;

	for (u32 i = 0; i < r->log_count; i++)
		size += LOG_SIZE_MIN + r->logs[i].data.size;
	return size;
}

enum err block_end(struct block *b, struct header *out)
{
	struct receipt_source source = { .block = b };
	struct header h = {
		.parent = b->env.parent,
		.coinbase = b->env.coinbase,
		.bloom = b->bloom,
		.number = b->env.height,
		.gas_limit = b->env.gas_limit,
		.gas_used = b->gas_used,
		.time = b->env.time,
		.base_fee = b->env.base_fee,
	};

	for (u32 i = 0; i < b->count; i++) {
		size_t size = receipt_size_max(b->receipts[i]);

		if (size > source.capacity)
			source.capacity = size;
	}
	source.buffers = arena_take(b->arena, TRIE_WIDTH * source.capacity);
	if (!source.buffers)
		return ERR_FULL;
	trie_list_root(&h.transactions_root, b->count, raw_at, b);
	trie_list_root(&h.receipts_root, b->count, receipt_at, &source);
	*out = h;
	return OK;
}

/* -- simulating ---------------------------------------------------------------------------------- */

enum err block_simulate(struct bytes *output, u64 *gas_used, struct state *state,
			const struct block_env *env, struct arena *arena, const struct simulation *what,
			struct log_list *logs)
{
	struct exec e = {
		.state = state,
		.block = env,
		.arena = arena,
		.logs = logs,
		.origin = what->message.caller,
		.gas_price = what->gas_price,
		.gas_left = what->gas_limit - what->gas_intrinsic,
	};
	enum err outcome;

	*output = (struct bytes){ NULL, 0 };
	*gas_used = what->gas_limit;
	if (what->gas_limit < what->gas_intrinsic)
		return ERR_OUT_OF_GAS;
	outcome = call_run(&e, output, &what->message);
	*gas_used = what->gas_limit - e.gas_left;
	return outcome;
}
