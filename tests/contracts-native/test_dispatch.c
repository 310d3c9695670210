#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "tests/support/world.h"

/* -- a contract with one method for every rule ------------------------------------------ */

#define HERE contract_address(CONTRACT_FAUCET, 0)

static enum err count_up(struct call *c)
{
	struct faucet_key key = { c->caller };
	struct faucet record;

	faucet_read(c->state, &key, &record);
	record.last_drip += abi_u64(&c->args, 0);
	faucet_write(c->state, &key, &record);
	call_emit(c, &c->self, EVENT_Deposit,
		  (struct u256[]){ word_of_address(&c->caller), u256_from_u64(record.last_drip) }, 2);
	call_return_u64(c, record.last_drip);
	return OK;
}

/* Writes, then fails with the code it is given. */
static enum err write_and_fail(struct call *c)
{
	faucet_write(c->state, &(struct faucet_key){ c->caller }, &(struct faucet){ 99 });
	call_emit(c, &c->self, EVENT_Deposit,
		  (struct u256[]){ word_of_address(&c->caller), u256_from_u64(1) }, 2);
	c->exec->deferred++;
	return (enum err)abi_u64(&c->args, 0);
}

static enum err fail_named(struct call *c)
{
	struct u256 words[3] = { word_of_address(&c->caller), u256_from_u64(5), u256_from_u64(7) };

	return call_revert_with(c, REVERT_ERC20InsufficientBalance, words, 3);
}

static enum err fail_with_text(struct call *c)
{
	return call_revert_text(c, "a reason of more than thirty-two letters");
}

static enum err peek_and_write(struct call *c)
{
	faucet_write(c->state, &(struct faucet_key){ c->caller }, &(struct faucet){ 1 });
	call_return_u64(c, 1);
	return OK;
}

static enum err accept(struct call *c)
{
	call_return_u256(c, c->value);
	return OK;
}

static enum err burn_gas(struct call *c)
{
	faucet_write(c->state, &(struct faucet_key){ c->caller }, &(struct faucet){ 1 });
	return call_charge(c, abi_u64(&c->args, 0));
}

static enum err long_text(struct call *c)
{
	static const u8 text[4096];
	u64 count = abi_u64(&c->args, 0);

	abi_open(&c->out, (u32)count);
	for (u64 i = 0; i < count; i++)
		abi_put_bytes(&c->out, (struct bytes){ text, sizeof text });
	abi_close(&c->out);
	return OK;
}

static enum err events(struct call *c)
{
	struct u256 words[6] = {
		u256_from_u64(1),
		u256_from_u64(2),
		u256_from_u64(3),
		u256_from_u64(4),
		u256_from_u64(5),
	};
	struct bytes label = { (const u8 *)"stable", 6 };

	call_emit_tail(c, &c->caller, EVENT_EModeCategoryAdded, words, 5, &label);
	return OK;
}

static enum err approve_all(struct call *c)
{
	struct u256 word = word_of_address(&c->caller);

	call_emit(c, &c->self, EVENT_PositionManagerApproved, (struct u256[]){ word, word }, 2);
	return OK;
}

static enum err descend(struct call *c);

static const struct method methods[] = {
	{ 0, "countUp(uint64)", "(uint256)", WRITE, 100, count_up },
	{ 0, "writeAndFail(uint64)", "", WRITE, 100, write_and_fail },
	{ 0, "failNamed()", "", VIEW, 100, fail_named },
	{ 0, "failWithText()", "", VIEW, 100, fail_with_text },
	{ 0, "peekAndWrite()", "(uint256)", VIEW, 100, peek_and_write },
	{ 0, "accept()", "(uint256)", PAYABLE, 100, accept },
	{ 0, "burnGas(uint64)", "", WRITE, 100, burn_gas },
	{ 0, "longText(uint64)", "(bytes[])", VIEW, 100, long_text },
	{ 0, "events()", "", WRITE, 100, events },
	{ 0, "approveAll()", "", WRITE, 100, approve_all },
	{ 0, "descend(uint64)", "(uint256)", WRITE, 100, descend },
};
static struct method rows[ARRAY_COUNT(methods)];

static bool always(struct state *s, u16 index)
{
	(void)s;
	(void)index;
	return true;
}

static const struct contract contract = { CONTRACT_FAUCET, rows, ARRAY_COUNT(rows), always };

static enum err run_message(struct exec *e, struct bytes *output, const struct message *m)
{
	return call_run_on(e, output, m, &contract, contract_of(&m->to));
}

/* Counts up, calls itself one level deeper, and returns how many levels came back well. */
static enum err descend(struct call *c)
{
	u8 input[36] = { 0 };
	struct message m = { .caller = c->self, .to = c->self, .input = { input, 36 } };
	struct bytes output;
	u64 levels = 0;

	memcpy(input, c->input.at, 4);
	if (run_message(c->exec, &output, &m) == OK)
		levels = load_be64(output.at + 24);
	call_return_u64(c, levels + 1);
	return OK;
}

static enum err run_row(struct world *w, struct message *m, const char *signature, u64 word)
{
	u8 input[36] = { 0 };
	enum err e;

	store_be32(input, selector_of(signature));
	store_be64(input + 28, word);
	m->to = HERE;
	m->input = (struct bytes){ input, strstr(signature, "()") ? 4 : 36 };
	e = run_message(&w->exec, &w->output, m);
	assert_int_equal(w->exec.depth, 0);
	return e;
}

static int begin(void **state)
{
	static struct world w;

	for (size_t i = 0; i < ARRAY_COUNT(methods); i++) {
		rows[i] = methods[i];
		rows[i].selector = selector_of(methods[i].signature);
	}
	world_init(&w);
	w.exec.gas_left = 1000000;
	*state = &w;
	return 0;
}

static int end(void **state)
{
	world_free(*state);
	return 0;
}

/* -- what works ------------------------------------------------------------------------------ */

static void a_write_happens_and_is_logged(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };
	struct address here = HERE;

	assert_int_equal(run_row(w, &m, "countUp(uint64)", 5), OK);
	assert_int_equal(run_row(w, &m, "countUp(uint64)", 6), OK);
	assert_int_equal(world_word_u64(w, 0), 11);
	assert_int_equal(w->output.size, 32);
	assert_int_equal(w->exec.gas_left, 1000000 - 2 * (100 + 32));
	assert_int_equal(w->logs.count, 2);
	assert_int_equal(w->logs.at[1].topic_count, 2);
	assert_memory_equal(&w->logs.at[1].address, &here, sizeof here);
	assert_int_equal(w->logs.at[1].data.size, 32);
	assert_int_equal(w->logs.at[1].data.at[31], 11);
}

static void results_outlive_the_next_call(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };
	struct bytes first;

	assert_int_equal(run_row(w, &m, "countUp(uint64)", 5), OK);
	first = w->output;
	assert_int_equal(run_row(w, &m, "countUp(uint64)", 6), OK);
	assert_int_equal(first.at[31], 5);
}

static void an_account_without_code_takes_anything(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1), bob = world_account(2);
	struct message m = {
		.caller = alice,
		.to = bob,
		.value = u256_from_u64(7),
		.input = { (const u8 *)"hello", 5 },
	};

	world_set_wei(w, &alice, 10);
	assert_int_equal(call_run(&w->exec, &w->output, &m), OK);
	assert_int_equal(w->output.size, 0);
	assert_int_equal(world_wei(w, &alice), 3);
	assert_int_equal(world_wei(w, &bob), 7);
	assert_int_equal(w->exec.gas_left, 1000000);
	assert_false(call_has_code(&w->state, &bob));
}

static void value_to_oneself_changes_nothing(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1);
	struct message m = { .caller = alice, .to = alice, .value = u256_from_u64(7) };
	struct hash before, after;

	world_set_wei(w, &alice, 10);
	before = world_fingerprint(w);
	assert_int_equal(call_run(&w->exec, &w->output, &m), OK);
	after = world_fingerprint(w);
	assert_memory_equal(&before, &after, sizeof before);
}

static void a_payable_method_sees_and_keeps_the_value(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1), here = HERE;
	struct message m = { .caller = alice, .value = u256_from_u64(7) };

	world_set_wei(w, &alice, 10);
	assert_int_equal(run_row(w, &m, "accept()", 0), OK);
	assert_int_equal(world_word_u64(w, 0), 7);
	assert_int_equal(world_wei(w, &here), 7);
}

static void events_place_topics_words_and_tail(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };
	struct abi_types types;
	struct abi_view data;
	struct bytes label;

	assert_int_equal(run_row(w, &m, "events()", 0), OK);
	assert_int_equal(w->output.size, 0);
	assert_int_equal(w->logs.count, 1);
	assert_int_equal(w->logs.at[0].topic_count, 2);
	assert_int_equal(w->logs.at[0].topics[1].bytes[31], 1);
	assert_memory_equal(&w->logs.at[0].address, &m.caller, sizeof m.caller);
	assert_int_equal(abi_parse(&types, "(uint256,uint256,uint256,address,string)"), OK);
	assert_int_equal(abi_decode(&data, &types, w->logs.at[0].data, ABI_STRICT), OK);
	for (u32 i = 0; i < 3; i++) {
		struct u256 word = abi_u256(&data, i);

		assert_int_equal(u256_low64(&word), i + 2);
	}
	label = abi_bytes(&data, 4);
	assert_int_equal(label.size, 6);
	assert_memory_equal(label.at, "stable", 6);
}

static void an_event_without_data_is_an_event(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	assert_int_equal(run_row(w, &m, "approveAll()", 0), OK);
	assert_int_equal(w->logs.count, 1);
	assert_int_equal(w->logs.at[0].topic_count, 3);
	assert_int_equal(w->logs.at[0].data.size, 0);
}

static void many_events_keep_their_order(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	for (u32 i = 0; i < 100; i++)
		assert_int_equal(run_row(w, &m, "countUp(uint64)", 1), OK);
	assert_int_equal(w->logs.count, 100);
	for (u32 i = 0; i < 100; i++)
		assert_int_equal(w->logs.at[i].data.at[31], i + 1);
}

/* -- what is refused: outcome, revert data, and no trace ------------------------------------------ */

static void refused(struct world *w, struct message *m, const char *signature, u64 word,
		    enum err outcome, size_t output_size)
{
	struct hash before = world_fingerprint(w), after;
	u32 logs = w->logs.count, deferred = w->exec.deferred;

	assert_int_equal(run_row(w, m, signature, word), outcome);
	after = world_fingerprint(w);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(w->logs.count, logs);
	assert_int_equal(w->exec.deferred, deferred);
	assert_int_equal(w->output.size, output_size);
}

static void failures_leave_no_trace_and_tell_their_reason(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	assert_int_equal(run_row(w, &m, "countUp(uint64)", 5), OK);
	refused(w, &m, "writeAndFail(uint64)", ERR_BARE, ERR_BARE, 0);
	refused(w, &m, "writeAndFail(uint64)", ERR_SIGNATURE, ERR_SIGNATURE, 0);
	refused(w, &m, "writeAndFail(uint64)", ERR_ARITHMETIC, ERR_ARITHMETIC, 36);
	assert_true(world_panicked(w, 0x11));
	refused(w, &m, "writeAndFail(uint64)", ERR_PANIC_DIVIDE, ERR_PANIC_DIVIDE, 36);
	assert_true(world_panicked(w, 0x12));
	refused(w, &m, "writeAndFail(uint64)", ERR_PANIC_ENUM, ERR_PANIC_ENUM, 36);
	assert_true(world_panicked(w, 0x21));
	refused(w, &m, "writeAndFail(uint64)", ERR_PANIC_INDEX, ERR_PANIC_INDEX, 36);
	assert_true(world_panicked(w, 0x32));
	refused(w, &m, "failWithText()", 0, ERR_REVERT, 4 + 64 + 64);
	assert_true(world_reverted_text(w, "a reason of more than thirty-two letters"));
	assert_false(world_reverted_text(w, "a reason of more than thirty-two letterS"));
	refused(w, &m, "failNamed()", 0, ERR_REVERT, 4 + 96);
	assert_true(world_reverted(w, REVERT_ERC20InsufficientBalance));
	assert_int_equal(w->output.at[4 + 63], 5);
	assert_int_equal(w->output.at[4 + 95], 7);
}

static void unknown_methods_and_bad_arguments_are_bare_reverts(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };
	u8 input[36] = { 0 };

	refused(w, &m, "noSuchMethod()", 0, ERR_BARE, 0);
	m.to = HERE;
	for (size_t size = 0; size < 4; size++) {
		m.input = (struct bytes){ input, size };
		assert_int_equal(run_message(&w->exec, &w->output, &m), ERR_BARE);
		assert_int_equal(w->output.size, 0);
	}
	store_be32(input, selector_of("countUp(uint64)"));
	m.input = (struct bytes){ input, 35 };
	assert_int_equal(run_message(&w->exec, &w->output, &m), ERR_BARE);
	input[20] = 1; /* above 64 bits */
	m.input = (struct bytes){ input, 36 };
	assert_int_equal(run_message(&w->exec, &w->output, &m), ERR_BARE);
	assert_int_equal(world_change_count(w), 0);
}

static void value_that_is_missing_or_unwanted_is_a_bare_revert(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1), .value = u256_from_u64(11) };

	world_set_wei(w, &m.caller, 10);
	refused(w, &m, "accept()", 0, ERR_BARE, 0);
	m.value = u256_from_u64(10);
	refused(w, &m, "countUp(uint64)", 1, ERR_BARE, 0);
	refused(w, &m, "failNamed()", 0, ERR_BARE, 0);
	m.to = world_account(2);
	m.value = u256_from_u64(11);
	assert_int_equal(call_run(&w->exec, &w->output, &m), ERR_BARE);
}

static void a_static_call_writes_nothing(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1), .is_static = true };

	world_set_wei(w, &m.caller, 10);
	refused(w, &m, "countUp(uint64)", 1, ERR_BARE, 0);
	assert_int_equal(run_row(w, &m, "accept()", 0), OK);
	m.value = u256_from_u64(1);
	refused(w, &m, "accept()", 0, ERR_BARE, 0);
	m.to = world_account(2);
	assert_int_equal(call_run(&w->exec, &w->output, &m), ERR_BARE);
}

static void a_view_that_writes_is_refused(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	refused(w, &m, "peekAndWrite()", 0, ERR_BARE, 0);
}

static void running_out_of_gas_takes_all_of_it(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	w->exec.gas_left = 99;
	refused(w, &m, "countUp(uint64)", 1, ERR_OUT_OF_GAS, 0);
	assert_int_equal(w->exec.gas_left, 0);
	w->exec.gas_left = 131; /* enough to run, not for the result */
	refused(w, &m, "countUp(uint64)", 1, ERR_OUT_OF_GAS, 0);
	w->exec.gas_left = 132;
	assert_int_equal(run_row(w, &m, "countUp(uint64)", 1), OK);
	assert_int_equal(w->exec.gas_left, 0);
	w->exec.gas_left = 1000;
	refused(w, &m, "burnGas(uint64)", 901, ERR_OUT_OF_GAS, 0);
	w->exec.gas_left = 1000;
	assert_int_equal(run_row(w, &m, "burnGas(uint64)", 900), OK);
}

static void a_result_beyond_the_limit_is_refused(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	assert_int_equal(run_row(w, &m, "longText(uint64)", 60), OK);
	assert_int_equal(w->output.size, 64 + 60 * (64 + 4096));
	refused(w, &m, "longText(uint64)", 64, ERR_SIZE, 0);
}

static void calls_go_no_deeper_than_the_limit(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	assert_int_equal(run_row(w, &m, "descend(uint64)", 0), OK);
	assert_int_equal(world_word_u64(w, 0), CALL_DEPTH_MAX);
}

static void running_out_of_memory_ends_everything(void **state)
{
	struct world *w = *state;
	struct message m = { .caller = world_account(1) };

	w->memory_left = 200000;
	assert_int_equal(run_row(w, &m, "countUp(uint64)", 1), ERR_FULL);
}

/* -- the registry ---------------------------------------------------------------------------- */

static void check_row(const struct contract *c, size_t i)
{
	const struct method *row = &c->methods[i];
	struct abi_types types;

	if (row->selector != selector_of(row->signature))
		fail_msg("%s: selector is %08x", row->signature, selector_of(row->signature));
	if (abi_parse(&types, row->signature))
		fail_msg("%s does not parse", row->signature);
	if (row->returns[0] && abi_parse(&types, row->returns))
		fail_msg("%s: %s does not parse", row->signature, row->returns);
	assert_non_null(row->run);
	assert_true(row->gas > 0);
	for (size_t j = 0; j < i; j++)
		if (c->methods[j].selector == row->selector)
			fail_msg("%s stands twice", row->signature);
}

static void every_row_of_every_contract_is_well_formed(void **state)
{
	size_t count;
	const struct contract *const *all = contracts_all(&count);

	(void)state;
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(contract_find(all[i]->kind), all[i]);
		assert_non_null(all[i]->exists);
		for (size_t j = 0; j < all[i]->method_count; j++)
			check_row(all[i], j);
	}
	assert_null(contract_find(CONTRACT_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_write_happens_and_is_logged),
		TEST(results_outlive_the_next_call),
		TEST(an_account_without_code_takes_anything),
		TEST(value_to_oneself_changes_nothing),
		TEST(a_payable_method_sees_and_keeps_the_value),
		TEST(events_place_topics_words_and_tail),
		TEST(an_event_without_data_is_an_event),
		TEST(many_events_keep_their_order),
		TEST(failures_leave_no_trace_and_tell_their_reason),
		TEST(unknown_methods_and_bad_arguments_are_bare_reverts),
		TEST(value_that_is_missing_or_unwanted_is_a_bare_revert),
		TEST(a_static_call_writes_nothing),
		TEST(a_view_that_writes_is_refused),
		TEST(running_out_of_gas_takes_all_of_it),
		TEST(a_result_beyond_the_limit_is_refused),
		TEST(calls_go_no_deeper_than_the_limit),
		TEST(running_out_of_memory_ends_everything),
		TEST(every_row_of_every_contract_is_well_formed),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
