/* What the seven lending operations cost with 1, 8 and 64 reserves in the account, called as a
 * transaction calls them: calldata in, logs and records out, without signature and receipt.
 * Prints one JSON line a figure; instructions where the kernel lets us count them (elsewhere
 * bench/instructions.sh counts them in valgrind). */

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "bench/support/measure.h"
#include "contracts-native/chain/genesis.h"
#include "contracts-native/lending/account.h"
#include "tests/support/world.h"

#define RESERVES 65u /* one that the operations use, and those that fill accounts */
#define ROUNDS   2000u
#define WARM     200u
#define LOAN     (TOKENS / 4)
#define TOKENS   1000000000000000000ull /* a million with 12 decimals: nothing ever runs out */

struct bench {
	struct world world;
	struct genesis genesis;
	struct genesis_token tokens[RESERVES];
	struct genesis_feed feeds[RESERVES];
	struct genesis_reserve reserves[RESERVES];
	struct address actor, helper, pool;
	int counter; /* perf event; -1: not allowed */
};

static int counter_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static u64 counter_read(int counter)
{
	u64 value = 0;

	if (counter >= 0 && read(counter, &value, sizeof value) != sizeof value)
		return 0;
	return value;
}

/* -- the market ------------------------------------------------------------------------- */

static void market_describe(struct bench *b)
{
	for (u16 i = 0; i < RESERVES; i++) {
		snprintf(b->tokens[i].name, sizeof b->tokens[i].name, "Token %u", i);
		snprintf(b->tokens[i].symbol, sizeof b->tokens[i].symbol, "T%u", i);
		b->tokens[i].decimals = 12;
		snprintf(b->feeds[i].name, sizeof b->feeds[i].name, "T%u/USD:spot:1", i);
		snprintf(b->feeds[i].description, sizeof b->feeds[i].description, "T%u / USD", i);
		b->feeds[i].max_age = 3600;
		b->feeds[i].venues_min = 1;
		b->feeds[i].answer = u256_from_u64(100000000);
		b->reserves[i] = (struct genesis_reserve){
			.token = i,
			.feed = i,
			.ltv = 7500,
			.liquidation_threshold = 8000,
			.liquidation_bonus = 10500,
			.reserve_factor = 1000,
			.liquidation_protocol_fee = 1000,
			.borrowing = true,
			.flash_loans = true,
			.optimal = 9000,
			.base = 0,
			.slope1 = 400,
			.slope2 = 6000,
		};
	}
	b->genesis = (struct genesis){
		.chain_id = b->world.env.chain_id,
		.time = b->world.env.time,
		.gas_limit = b->world.env.gas_limit,
		.base_fee = b->world.env.base_fee,
		.devnet = true,
		.admin = world_account(1),
		.treasury = world_account(2),
		.umbrella = world_account(3),
		.flash_premium = 5,
		.oracle_period = 1,
		.tokens = b->tokens,
		.feeds = b->feeds,
		.reserves = b->reserves,
		.token_count = RESERVES,
		.feed_count = RESERVES,
		.reserve_count = RESERVES,
	};
}

static struct address token(u16 i)
{
	return contract_address(CONTRACT_TOKEN, i);
}

static void ask(struct bench *b, const struct address *from, const struct address *to, const char *signature,
		const struct u256 *words, u32 count)
{
	must(world_call(&b->world, from, to, signature, words, count), signature);
}

static void fund(struct bench *b, const struct address *who, u16 i)
{
	struct address t = token(i);

	ask(b, who, &t, "mint(address,uint256)", (struct u256[]){ word_of_address(who), u256_from_u64(TOKENS) }, 2);
	ask(b, who, &t, "approve(address,uint256)", (struct u256[]){ word_of_address(&b->pool), U256_MAX }, 2);
}

static void supply(struct bench *b, const struct address *who, u16 i, u64 amount)
{
	struct address t = token(i);

	ask(b, who, &b->pool, "supply(address,uint256,address,uint16)",
	    (struct u256[]){ word_of_address(&t), u256_from_u64(amount), word_of_address(who), U256_ZERO }, 4);
}

/* An actor with that many reserves pledged, a debt in reserve 0, and a helper who lends there. */
static void market_begin(struct bench *b, u32 reserves)
{
	struct address lent = token(0);
	const char *why = "";

	world_init(&b->world);
	market_describe(b);
	must(genesis_check(&b->genesis, &why), why);
	must(genesis_apply(&b->world.state, &b->genesis), "genesis");
	world_commit(&b->world);
	b->pool = contract_address(CONTRACT_POOL, 0);
	b->actor = world_account(10);
	b->helper = world_account(11);
	fund(b, &b->helper, 0);
	supply(b, &b->helper, 0, TOKENS / 2);
	fund(b, &b->actor, 0);
	for (u16 i = 1; i <= reserves; i++) {
		fund(b, &b->actor, i);
		supply(b, &b->actor, i, TOKENS / 2);
	}
	supply(b, &b->actor, 0, TOKENS / 100); /* what the collateral switch switches */
	ask(b, &b->actor, &b->pool, "borrow(address,uint256,uint256,uint16,address)",
	    (struct u256[]){ word_of_address(&lent), u256_from_u64(LOAN), u256_from_u64(2), U256_ZERO,
			     word_of_address(&b->actor) },
	    5);
	world_commit(&b->world);
}

/* -- the operations ------------------------------------------------------------------------ */

enum operation { SUPPLY,
		 WITHDRAW,
		 BORROW,
		 REPAY,
		 LIQUIDATE,
		 MOVE,
		 PLEDGE };

static const char *const names[] = { "supply", "withdraw", "borrow", "repay", "liquidation", "atoken_transfer",
				     "collateral_switch" };

static void price_set(struct bench *b, u16 i, u64 answer)
{
	struct feed feed;

	(void)feed_read(&b->world.state, &(struct feed_key){ i }, &feed);
	feed.answer = u256_from_u64(answer);
	feed_write(&b->world.state, &(struct feed_key){ i }, &feed);
}

/* One call, prepared outside of what is measured. */
struct order {
	struct message message;
	u8 input[4 + 5 * 32];
};

static void order_make(struct order *o, const struct address *from, const struct address *to, const char *signature,
		       const struct u256 *words, u32 count)
{
	struct hash h;

	keccak256(&h, (struct bytes){ (const u8 *)signature, strlen(signature) });
	memcpy(o->input, h.bytes, 4);
	for (u32 i = 0; i < count; i++)
		u256_to_be(o->input + 4 + 32 * (size_t)i, &words[i]);
	o->message = (struct message){ .caller = *from, .to = *to, .input = { o->input, 4 + 32 * (size_t)count } };
}

static void order_of(struct bench *b, struct order *o, enum operation op, u32 round)
{
	struct address own = token(1), lent = token(0), atoken = contract_address(CONTRACT_ATOKEN, 1);
	struct u256 a = word_of_address(&b->actor), asset = word_of_address(&own), debt = word_of_address(&lent);
	struct u256 amount = u256_from_u64(1000000000 + round), two = u256_from_u64(2);

	switch (op) {
	case SUPPLY:
		order_make(o, &b->actor, &b->pool, "supply(address,uint256,address,uint16)",
			   (struct u256[]){ asset, amount, a, U256_ZERO }, 4);
		break;
	case WITHDRAW:
		order_make(o, &b->actor, &b->pool, "withdraw(address,uint256,address)",
			   (struct u256[]){ asset, amount, a }, 3);
		break;
	case BORROW:
		order_make(o, &b->actor, &b->pool, "borrow(address,uint256,uint256,uint16,address)",
			   (struct u256[]){ debt, amount, two, U256_ZERO, a }, 5);
		break;
	case REPAY:
		order_make(o, &b->actor, &b->pool, "repay(address,uint256,uint256,address)",
			   (struct u256[]){ debt, amount, two, a }, 4);
		break;
	case LIQUIDATE:
		order_make(o, &b->helper, &b->pool, "liquidationCall(address,address,address,uint256,bool)",
			   (struct u256[]){ asset, debt, a, amount, U256_ZERO }, 5);
		break;
	case MOVE:
		order_make(o, &b->actor, &atoken, "transfer(address,uint256)",
			   (struct u256[]){ word_of_address(&b->helper), amount }, 2);
		break;
	case PLEDGE:
		order_make(o, &b->actor, &b->pool, "setUserUseReserveAsCollateral(address,bool)",
			   (struct u256[]){ debt, u256_from_u64(round & 1) }, 2);
		break;
	}
}

struct cost {
	u64 ns, instructions;
};

static int u64_cmp(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Medians: whoever else runs on the machine shows in the mean. */
__attribute__((noinline)) static struct cost measure(struct bench *b, enum operation op)
{
	static u64 ns[ROUNDS], instructions[ROUNDS];
	struct order order;

	for (u32 round = 0; round < WARM + ROUNDS; round++) {
		u32 i = round < WARM ? 0 : round - WARM;
		u64 start, counted;
		enum err e;

		order_of(b, &order, op, round);
		counted = counter_read(b->counter);
		start = now_ns();
		e = world_send(&b->world, &order.message);
		ns[i] = now_ns() - start;
		instructions[i] = counter_read(b->counter) - counted;
		must(e, names[op]);
		if (round % 100 == 99)
			world_commit(&b->world); /* a block of a hundred */
	}
	qsort(ns, ROUNDS, sizeof *ns, u64_cmp);
	qsort(instructions, ROUNDS, sizeof *instructions, u64_cmp);
	return (struct cost){ ns[ROUNDS / 2], instructions[ROUNDS / 2] };
}

static void report(const struct bench *b, enum operation op, u32 reserves, struct cost cost)
{
	printf("{\"name\": \"operation.%s.%u\", \"value\": %llu, \"unit\": \"ns\", \"reserves\": %u", names[op], reserves,
	       (unsigned long long)cost.ns, reserves);
	if (b->counter >= 0)
		printf(", \"instructions\": %llu", (unsigned long long)cost.instructions);
	else
		printf(", \"instructions\": null");
	printf(", \"target\": \"%s\", \"met\": %s}\n", reserves == 1 ? "5000 ns or less" : "",
	       reserves != 1 || cost.ns <= 5000 ? "true" : "false");
}

/* The price of what is owed rises until health is 0.97: half of it may go, a little each time. */
static void debts_become_dear(struct bench *b, u32 reserves)
{
	struct order order;

	order_of(b, &order, PLEDGE, 0); /* what is owed shall not also be what backs it */
	must(world_send(&b->world, &order.message), "no collateral switch");
	price_set(b, 0, (u64)reserves * (TOKENS / 2 / LOAN) * 80000000 / 97 * 100);
	world_commit(&b->world);
}

static void bench_account(struct bench *b, u32 reserves)
{
	market_begin(b, reserves);
	report(b, SUPPLY, reserves, measure(b, SUPPLY));
	report(b, BORROW, reserves, measure(b, BORROW));
	report(b, REPAY, reserves, measure(b, REPAY));
	report(b, WITHDRAW, reserves, measure(b, WITHDRAW));
	report(b, MOVE, reserves, measure(b, MOVE));
	report(b, PLEDGE, reserves, measure(b, PLEDGE));
	debts_become_dear(b, reserves);
	report(b, LIQUIDATE, reserves, measure(b, LIQUIDATE));
	world_free(&b->world);
}

int main(void)
{
	static struct bench b;

	b.counter = counter_open();
	for (u32 i = 0; i < 3; i++)
		bench_account(&b, (u32[]){ 1, 8, 64 }[i]);
	if (b.counter >= 0)
		close(b.counter);
	return 0;
}
