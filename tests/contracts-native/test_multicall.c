#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "tests/support/world.h"

#define HERE contract_address(CONTRACT_MULTICALL, 0)

/* One inner call; which members count depends on the method's tuple. */
struct inner {
	struct address target;
	bool may_fail;
	u64 value;
	struct bytes input;
};

static u8 buffer[500000];

static struct bytes selector_bytes(u8 out[4], const char *signature)
{
	store_be32(out, selector_of(signature));
	return (struct bytes){ out, 4 };
}

static void put_inner(struct abi_writer *w, const struct inner *inner, u32 members)
{
	struct u256 value = u256_from_u64(inner->value);

	abi_open(w, members);
	abi_put_address(w, &inner->target);
	if (members >= 3)
		abi_put_u64(w, inner->may_fail);
	if (members >= 4)
		abi_put_u256(w, &value);
	abi_put_bytes(w, inner->input);
	abi_close(w);
}

/* flag < 0: the method has no leading bool. */
static struct bytes calldata(u8 *out, size_t capacity, const char *signature, int flag,
			     const struct inner *batch, u32 count)
{
	u32 members = strstr(signature, "uint256") ? 4 : strstr(signature, "(address,bool") ? 3
											    : 2;
	struct abi_types types;
	struct abi_writer w;
	struct bytes body;

	assert_int_equal(abi_parse(&types, signature), OK);
	store_be32(out, selector_of(signature));
	abi_writer_init(&w, &types, out + 4, capacity - 4);
	if (flag >= 0)
		abi_put_u64(&w, (u64)flag);
	abi_open(&w, count);
	for (u32 i = 0; i < count; i++)
		put_inner(&w, &batch[i], members);
	abi_close(&w);
	assert_int_equal(abi_writer_end(&w, &body), OK);
	return (struct bytes){ out, body.size + 4 };
}

static enum err run(struct world *w, const char *signature, int flag, const struct inner *batch, u32 count)
{
	struct message m = { .caller = world_account(1), .to = HERE };

	m.input = calldata(buffer, sizeof buffer, signature, flag, batch, count);
	for (u32 i = 0; i < count && strstr(signature, "uint256"); i++) {
		struct u256 value = u256_from_u64(batch[i].value);

		assert_int_equal(u256_add(&m.value, &m.value, &value), OK);
	}
	return world_send(w, &m);
}

static int begin(void **state)
{
	static struct world w;

	world_init(&w);
	w.env.parent = (struct hash){ { 0xab } };
	*state = &w;
	return 0;
}

static int end(void **state)
{
	world_free(*state);
	return 0;
}

/* The (success, data) at i of a result array. */
static bool outcome_at(const struct abi_view *array, u32 i, struct bytes *data)
{
	struct abi_view row = abi_at(array, i);

	*data = abi_bytes(&row, 1);
	return abi_bool(&row, 0);
}

/* -- the methods ------------------------------------------------------------------------- */

static void getters_tell_the_block(void **state)
{
	struct world *w = *state;
	struct address here = HERE, alice = world_account(1), coinbase;
	static const struct {
		const char *signature;
		u64 want;
	} vectors[] = {
		{ "getBlockNumber()", 1 },
		{ "getCurrentBlockTimestamp()", 1700000000 },
		{ "getCurrentBlockGasLimit()", 30000000 },
		{ "getCurrentBlockDifficulty()", 0 },
		{ "getChainId()", 31337 },
		{ "getBasefee()", 1000000000 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(world_view(w, &here, vectors[i].signature, NULL, 0), OK);
		assert_int_equal(world_word_u64(w, 0), vectors[i].want);
	}
	assert_int_equal(world_view(w, &here, "getCurrentBlockCoinbase()", NULL, 0), OK);
	coinbase = world_word_address(w, 0);
	assert_memory_equal(&coinbase, &w->env.coinbase, sizeof coinbase);
	world_set_wei(w, &alice, 77);
	assert_int_equal(world_view(w, &here, "getEthBalance(address)",
				    (struct u256[]){ word_of_address(&alice) }, 1),
			 OK);
	assert_int_equal(world_word_u64(w, 0), 77);
}

static void only_the_parents_hash_is_known(void **state)
{
	struct world *w = *state;
	struct address here = HERE;

	assert_int_equal(world_view(w, &here, "getLastBlockHash()", NULL, 0), OK);
	assert_memory_equal(w->output.at, w->env.parent.bytes, 32);
	assert_int_equal(world_view(w, &here, "getBlockHash(uint256)", (struct u256[]){ U256_ZERO }, 1), OK);
	assert_memory_equal(w->output.at, w->env.parent.bytes, 32);
	assert_int_equal(world_view(w, &here, "getBlockHash(uint256)", (struct u256[]){ U256_ONE }, 1), OK);
	assert_int_equal(world_word_u64(w, 0), 0);
	assert_int_equal(world_view(w, &here, "getBlockHash(uint256)", (struct u256[]){ U256_MAX }, 1), OK);
	assert_int_equal(world_word_u64(w, 0), 0);
}

static void aggregate_returns_every_answer(void **state)
{
	struct world *w = *state;
	u8 a[4], b[4];
	struct inner batch[] = {
		{ .target = HERE, .input = selector_bytes(a, "getChainId()") },
		{ .target = world_account(9) }, /* no code: success and nothing */
		{ .target = HERE, .input = selector_bytes(b, "getBasefee()") },
	};
	struct abi_view view, list;
	struct abi_types types;

	assert_int_equal(run(w, "aggregate((address,bytes)[])", -1, batch, 3), OK);
	view = world_result(w, &types, "(uint256,bytes[])");
	assert_int_equal(load_be64(w->output.at + 24), w->env.height);
	list = abi_at(&view, 1);
	assert_int_equal(list.count, 3);
	assert_int_equal(load_be64(abi_bytes(&list, 0).at + 24), 31337);
	assert_int_equal(abi_bytes(&list, 1).size, 0);
	assert_int_equal(load_be64(abi_bytes(&list, 2).at + 24), 1000000000);
}

static void an_empty_batch_has_an_empty_answer(void **state)
{
	struct world *w = *state;
	struct abi_types types;
	struct abi_view view;

	assert_int_equal(run(w, "aggregate3((address,bool,bytes)[])", -1, NULL, 0), OK);
	view = world_result(w, &types, "((bool,bytes)[])");
	assert_int_equal(abi_at(&view, 0).count, 0);
}

static void a_failure_that_is_allowed_is_one_answer_of_many(void **state)
{
	struct world *w = *state;
	u8 a[4], b[4];
	struct inner batch[] = {
		{ .target = HERE, .may_fail = true, .input = selector_bytes(a, "noSuchMethod()") },
		{ .target = HERE, .may_fail = false, .input = selector_bytes(b, "getChainId()") },
	};
	struct abi_view view, list;
	struct abi_types types;
	struct bytes data;

	assert_int_equal(run(w, "aggregate3((address,bool,bytes)[])", -1, batch, 2), OK);
	view = world_result(w, &types, "((bool,bytes)[])");
	list = abi_at(&view, 0);
	assert_false(outcome_at(&list, 0, &data));
	assert_int_equal(data.size, 0);
	assert_true(outcome_at(&list, 1, &data));
	assert_int_equal(load_be64(data.at + 24), 31337);

	assert_int_equal(run(w, "tryAggregate(bool,(address,bytes)[])", 0, batch, 2), OK);
	view = world_result(w, &types, "((bool,bytes)[])");
	list = abi_at(&view, 0);
	assert_false(outcome_at(&list, 0, &data));
	assert_true(outcome_at(&list, 1, &data));

	assert_int_equal(run(w, "tryBlockAndAggregate(bool,(address,bytes)[])", 0, batch, 2), OK);
	view = world_result(w, &types, "(uint256,bytes32,(bool,bytes)[])");
	assert_int_equal(load_be64(w->output.at + 24), w->env.height);
	list = abi_at(&view, 2);
	assert_false(outcome_at(&list, 0, &data));
	assert_true(outcome_at(&list, 1, &data));
}

static void the_revert_data_of_an_inner_call_is_passed_on(void **state)
{
	struct world *w = *state;
	u8 a[4];
	static u8 inner_input[1024];
	struct inner bad = { .target = HERE, .input = selector_bytes(a, "noSuchMethod()") };
	struct inner outer = { .target = HERE, .may_fail = true };
	struct abi_view view, list;
	struct abi_types types;
	struct bytes data;

	outer.input = calldata(inner_input, sizeof inner_input, "aggregate((address,bytes)[])", -1, &bad, 1);
	assert_int_equal(run(w, "aggregate3((address,bool,bytes)[])", -1, &outer, 1), OK);
	view = world_result(w, &types, "((bool,bytes)[])");
	list = abi_at(&view, 0);
	assert_false(outcome_at(&list, 0, &data));
	w->output = data;
	assert_true(world_reverted_text(w, "Multicall3: call failed"));
}

static void a_failure_that_is_not_allowed_fails_the_batch(void **state)
{
	struct world *w = *state;
	u8 a[4];
	struct inner bad = { .target = HERE, .input = selector_bytes(a, "noSuchMethod()") };
	static const struct {
		const char *signature;
		int flag;
	} vectors[] = {
		{ "aggregate((address,bytes)[])", -1 },
		{ "tryAggregate(bool,(address,bytes)[])", 1 },
		{ "tryBlockAndAggregate(bool,(address,bytes)[])", 1 },
		{ "blockAndAggregate((address,bytes)[])", -1 },
		{ "aggregate3((address,bool,bytes)[])", -1 },
		{ "aggregate3Value((address,bool,uint256,bytes)[])", -1 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(run(w, vectors[i].signature, vectors[i].flag, &bad, 1), ERR_REVERT);
		assert_true(world_reverted_text(w, "Multicall3: call failed"));
		assert_int_equal(world_change_count(w), 0);
	}
}

/* -- value ------------------------------------------------------------------------------------ */

static void value_is_handed_on_call_by_call(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1), here = HERE, bob = world_account(2), carol = world_account(3);
	struct inner batch[] = { { .target = bob, .value = 5 }, { .target = carol, .value = 7 } };

	world_set_wei(w, &alice, 12);
	assert_int_equal(run(w, "aggregate3Value((address,bool,uint256,bytes)[])", -1, batch, 2), OK);
	assert_int_equal(world_wei(w, &bob), 5);
	assert_int_equal(world_wei(w, &carol), 7);
	assert_int_equal(world_wei(w, &here), 0);
	assert_int_equal(world_wei(w, &alice), 0);
}

static void value_that_does_not_add_up_is_refused(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1), here = HERE;
	struct inner batch[] = { { .target = world_account(2), .value = 5 } };
	struct message m = { .caller = alice, .to = HERE, .value = u256_from_u64(6) };
	struct hash before, after;

	world_set_wei(w, &alice, 12);
	world_set_wei(w, &here, 100); /* Multicall3 could pay, but must not */
	before = world_fingerprint(w);
	m.input = calldata(buffer, sizeof buffer, "aggregate3Value((address,bool,uint256,bytes)[])", -1, batch, 1);
	assert_int_equal(world_send(w, &m), ERR_REVERT);
	assert_true(world_reverted_text(w, "Multicall3: value mismatch"));
	m.value = u256_from_u64(4);
	assert_int_equal(world_send(w, &m), ERR_REVERT);
	assert_true(world_reverted_text(w, "Multicall3: value mismatch"));
	after = world_fingerprint(w);
	assert_memory_equal(&before, &after, sizeof before);
}

/* -- limits ------------------------------------------------------------------------------------ */

static void running_out_of_gas_inside_ends_the_batch(void **state)
{
	struct world *w = *state;
	u8 a[4];
	struct inner batch[2] = {
		{ .target = HERE, .may_fail = true, .input = selector_bytes(a, "getChainId()") },
		{ .target = HERE, .may_fail = true, .input = { a, 4 } },
	};
	struct message m = { .caller = world_account(1), .to = HERE };
	u64 used;

	assert_int_equal(run(w, "aggregate3((address,bool,bytes)[])", -1, batch, 2), OK);
	used = w->gas_used;
	m.input = calldata(buffer, sizeof buffer, "aggregate3((address,bool,bytes)[])", -1, batch, 2);
	w->exec.gas_left = used;
	assert_int_equal(call_run(&w->exec, &w->output, &m), OK);
	assert_int_equal(w->exec.gas_left, 0);
	for (u64 gas = 0; gas < used; gas += 101) {
		w->exec.gas_left = gas;
		assert_int_equal(call_run(&w->exec, &w->output, &m), ERR_OUT_OF_GAS);
		assert_int_equal(w->exec.gas_left, 0);
	}
}

/* A batch in a batch in a batch ...: the innermost is refused, as data. */
static void batches_nest_no_deeper_than_calls_may(void **state)
{
	struct world *w = *state;
	static u8 levels[CALL_DEPTH_MAX + 2][8192];
	u8 a[4];
	struct inner inner = { .target = HERE, .input = selector_bytes(a, "getChainId()") };
	enum err e;

	for (u32 i = 0; i < CALL_DEPTH_MAX; i++) {
		struct message m = { .caller = world_account(1), .to = HERE };

		m.input = calldata(levels[i], sizeof levels[i], "aggregate((address,bytes)[])", -1, &inner, 1);
		e = world_send(w, &m);
		assert_int_equal(e, i + 2 <= CALL_DEPTH_MAX ? OK : ERR_REVERT);
		inner.input = m.input;
	}
}

static void answers_beyond_the_limit_are_refused(void **state)
{
	struct world *w = *state;
	static struct inner batch[1024];
	static u8 inner_input[200000];
	u8 a[4];
	struct inner outer[4];
	size_t memory;

	for (u32 i = 0; i < ARRAY_COUNT(batch); i++)
		batch[i] = (struct inner){ .target = HERE, .input = selector_bytes(a, "getChainId()") };
	outer[0] = (struct inner){ .target = HERE, .may_fail = true };
	outer[0].input = calldata(inner_input, sizeof inner_input, "aggregate3((address,bool,bytes)[])",
				  -1, batch, 500);
	for (u32 i = 1; i < ARRAY_COUNT(outer); i++)
		outer[i] = outer[0];
	assert_int_equal(run(w, "aggregate3((address,bool,bytes)[])", -1, outer, 2), OK);
	assert_true(w->output.size > 2 * 500 * 160);
	memory = w->memory_left;
	assert_int_equal(run(w, "aggregate3((address,bool,bytes)[])", -1, outer, 4), ERR_SIZE);
	assert_int_equal(w->output.size, 0);
	/* The buffers of the first time do for every time. */
	assert_int_equal(w->memory_left, memory);
}

static void inner_calls_come_from_multicall_itself(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1), here = HERE, bob = world_account(2);
	struct inner batch[] = { { .target = bob, .value = 5, .may_fail = false } };
	struct message m = { .caller = alice, .to = HERE };

	/* Without value of its own Multicall3 cannot pay, however rich the signer is. */
	world_set_wei(w, &alice, 100);
	m.input = calldata(buffer, sizeof buffer, "aggregate3Value((address,bool,uint256,bytes)[])", -1, batch, 1);
	assert_int_equal(world_send(w, &m), ERR_REVERT);
	assert_true(world_reverted_text(w, "Multicall3: call failed"));
	assert_int_equal(world_wei(w, &here), 0);
	assert_int_equal(world_wei(w, &bob), 0);
}

static void a_static_batch_hands_on_that_it_is_static(void **state)
{
	struct world *w = *state;
	struct address here = HERE;
	struct inner batch[] = { { .target = world_account(2), .value = 5, .may_fail = true } };
	struct message m = { .caller = world_account(1), .to = HERE, .is_static = true };
	struct abi_types types;
	struct abi_view view, list;
	struct bytes data;

	world_set_wei(w, &here, 100);
	m.input = calldata(buffer, sizeof buffer, "aggregate3Value((address,bool,uint256,bytes)[])", -1, batch, 1);
	assert_int_equal(world_send(w, &m), ERR_REVERT); /* 5 wei were not sent */
	assert_int_equal(world_wei(w, &here), 100);
	batch[0].value = 0;
	m.input = calldata(buffer, sizeof buffer, "aggregate3Value((address,bool,uint256,bytes)[])", -1, batch, 1);
	assert_int_equal(world_send(w, &m), OK);
	view = world_result(w, &types, "((bool,bytes)[])");
	list = abi_at(&view, 0);
	assert_true(outcome_at(&list, 0, &data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(getters_tell_the_block),
		TEST(only_the_parents_hash_is_known),
		TEST(aggregate_returns_every_answer),
		TEST(an_empty_batch_has_an_empty_answer),
		TEST(a_failure_that_is_allowed_is_one_answer_of_many),
		TEST(the_revert_data_of_an_inner_call_is_passed_on),
		TEST(a_failure_that_is_not_allowed_fails_the_batch),
		TEST(value_is_handed_on_call_by_call),
		TEST(value_that_does_not_add_up_is_refused),
		TEST(running_out_of_gas_inside_ends_the_batch),
		TEST(batches_nest_no_deeper_than_calls_may),
		TEST(answers_beyond_the_limit_are_refused),
		TEST(inner_calls_come_from_multicall_itself),
		TEST(a_static_batch_hands_on_that_it_is_static),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
