/* A node in development: when it may be, and what its blocks are. */

#include "node/dev.h"
#include "node/mempool_file.h"
#include "tests/node/node_fixture.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

static const char market[] =
	"{\"name\":\"m\",\"genesisTime\":1750000000,\"flashLoanPremium\":5,\"reserves\":["
	"{\"symbol\":\"AAA\",\"decimals\":6,\"price\":\"100000000\",\"ltv\":7500,"
	"\"liquidationThreshold\":7800,\"liquidationBonus\":10450,\"reserveFactor\":1000,\"borrowingEnabled\":true,"
	"\"rates\":{\"optimal\":9200,\"base\":1,\"slope1\":550,\"slope2\":4000}}],\"eModes\":[]}";

static void write_text(const char *folder, const char *name, const char *text)
{
	assert_int_equal(file_write(folder, name, (struct bytes){ (const u8 *)text, strlen(text) }), OK);
}

static void open_dev(struct fixture *f)
{
	struct node_config config = { .data_dir = f->path, .clock_speed = 1, .cache_bytes = 8u << 20, .is_dev = true };
	char why[STORE_WHY_MAX] = "";

	if (node_open(&f->node, &config, why) != OK)
		fail_msg("%s", why);
}

/* A folder with a market, its node open for development. */
static void begin(struct fixture *f)
{
	char why[STORE_WHY_MAX] = "", path[96];

	(void)snprintf(f->path, sizeof f->path, "/tmp/plimsoll-dev-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	write_text(f->path, "file.json", market);
	(void)snprintf(path, sizeof path, "%s/file.json", f->path);
	if (node_init_market(f->path, path, why) != OK)
		fail_msg("%s", why);
	open_dev(f);
}

static struct store_head head_of(struct fixture *f)
{
	struct store_head head;

	node_head(f->node, &head);
	return head;
}

static void only_a_devnet_is_developed(void **unused)
{
	struct fixture f;
	struct node_config config = { .cache_bytes = 8u << 20, .no_sync = true };
	char why[STORE_WHY_MAX] = "", path[96], *text, *at;
	struct node *n = NULL;

	(void)unused;
	(void)snprintf(f.path, sizeof f.path, "/tmp/plimsoll-dev-XXXXXX");
	assert_non_null(mkdtemp(f.path));
	config.data_dir = f.path;
	assert_int_equal(genesis_settle(&text, genesis_devnet(), FIXTURE_TIME, why), OK);
	at = strstr(text, "\"devnet\": true");
	assert_non_null(at);
	memcpy(at, "\"devnet\":false", 14);
	write_text(f.path, "file.json", text);
	free(text);
	(void)snprintf(path, sizeof path, "%s/file.json", f.path);
	if (node_init(f.path, path, why) != OK)
		fail_msg("%s", why);
	config.is_dev = true;
	assert_int_equal(node_open(&n, &config, why), ERR_RANGE);
	assert_non_null(strstr(why, "does not say \"devnet\": true"));
	config.is_dev = false;
	assert_int_equal(node_open(&f.node, &config, why), OK);
	assert_null(node_dev(f.node));
	fixture_free(&f);
}

static void a_market_begins_at_its_own_time(void **unused)
{
	struct fixture f;
	char why[STORE_WHY_MAX] = "", path[96];

	(void)unused;
	begin(&f);
	assert_int_equal(head_of(&f).header.time, 1750000000);
	assert_int_equal(node_genesis(f.node)->chain_id, 31337);
	assert_true(u256_is_zero(&node_genesis(f.node)->base_fee));
	assert_true(solo_time(f.node->solo) < 1750000000 + 60);
	(void)snprintf(path, sizeof path, "%s/file.json", f.path);
	assert_int_equal(node_init_market(f.path, path, why), ERR_EXISTS);
	assert_int_equal(node_init(f.path, NULL, why), ERR_EXISTS);
	fixture_free(&f);
}

static void a_file_that_is_no_market_is_refused(void **unused)
{
	char folder[] = "/tmp/plimsoll-dev-XXXXXX", path[96], why[STORE_WHY_MAX] = "";

	(void)unused;
	assert_non_null(mkdtemp(folder));
	write_text(folder, "file.json", "{\"name\":\"m\"}");
	(void)snprintf(path, sizeof path, "%s/file.json", folder);
	assert_int_equal(node_init_market(folder, path, why), ERR_SYNTAX);
	assert_non_null(strstr(why, "genesisTime: is missing"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(node_init_market(folder, path, why), ERR_NOT_FOUND);
	assert_int_equal(rmdir(folder), 0);
}

static void an_edit_is_in_a_block_and_outlives_a_restart(void **unused)
{
	struct address nobody = { { [19] = 9 } };
	struct u256 wei = u256_from_u64(123);
	struct store_head before, after;
	struct fixture f;

	(void)unused;
	begin(&f);
	before = head_of(&f);
	assert_int_equal(dev_set_balance(node_dev(f.node), &nobody, &wei), OK);
	after = head_of(&f);
	assert_int_equal(after.header.number, before.header.number + 1);
	assert_int_equal(after.header.time, before.header.time);
	assert_memory_equal(&after.header.parent, &before.hash, sizeof before.hash);
	assert_memory_not_equal(&after.header.state_root, &before.header.state_root, sizeof before.hash);
	assert_int_equal(fixture_wei(&f, &nobody), 123);
	node_close(f.node);
	open_dev(&f);
	assert_int_equal(fixture_wei(&f, &nobody), 123);
	fixture_free(&f);
}

static void an_edit_that_fails_makes_no_block(void **unused)
{
	struct address nobody = { { [19] = 9 } }, pool = contract_address(CONTRACT_POOL, 0);
	struct u256 amount = u256_from_u64(1);
	struct fixture f;

	(void)unused;
	begin(&f);
	assert_int_equal(dev_deal(node_dev(f.node), &pool, &nobody, &amount), ERR_NOT_FOUND);
	assert_int_equal(head_of(&f).header.number, 0);
	assert_int_equal(solo_make(f.node->solo), OK); /* and the next is a block like any other */
	assert_int_equal(head_of(&f).header.number, 1);
	fixture_free(&f);
}

static void going_back_and_on_gives_the_same_state(void **unused)
{
	struct address token = contract_address(CONTRACT_TOKEN, 0), owner = fixture_owner(1);
	struct u256 amount = u256_from_u64(1000);
	struct store_head after;
	struct hash root;
	struct fixture f;
	u64 id;

	(void)unused;
	begin(&f);
	assert_int_equal(dev_snapshot(node_dev(f.node), &id), OK);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(dev_deal(node_dev(f.node), &token, &owner, &amount), OK);
		after = head_of(&f);
		if (i == 0)
			root = after.header.state_root;
		assert_memory_equal(&after.header.state_root, &root, sizeof root);
		assert_int_equal(dev_mine(node_dev(f.node), 3, &(u64){ 10 }), OK);
		assert_int_equal(dev_revert(node_dev(f.node), id), OK);
		assert_int_equal(dev_revert(node_dev(f.node), id), ERR_NOT_FOUND);
		assert_int_equal(head_of(&f).header.number, 0);
		assert_int_equal(dev_snapshot(node_dev(f.node), &id), OK);
	}
	assert_int_equal(dev_reverts(node_dev(f.node)), 5);
	fixture_free(&f);
}

static void what_was_queued_is_gone_after_going_back(void **unused)
{
	struct request r = { .from = 1, .nonce = 0, .wei = 1 };
	struct address owner = fixture_owner(1);
	struct fixture f;
	u64 id;

	(void)unused;
	begin(&f);
	assert_int_equal(dev_snapshot(node_dev(f.node), &id), OK);
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	assert_int_equal(solo_make(f.node->solo), OK);
	r.nonce = 1;
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	r.nonce = 3;
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	assert_int_equal(dev_revert(node_dev(f.node), id), OK);
	assert_int_equal(node_pool_counts(f.node).pending + node_pool_counts(f.node).queued, 0);
	assert_int_equal(node_pending_nonce(f.node, &owner), 0);
	r.nonce = 0;
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	assert_int_equal(solo_make(f.node->solo), OK);
	assert_int_equal(fixture_account(&f, &owner).nonce, 1);
	fixture_free(&f);
}

static void a_nonce_that_is_set_back_can_be_used_again(void **unused)
{
	struct request r = { .from = 1, .nonce = 0, .wei = 1 };
	struct address owner = fixture_owner(1);
	struct fixture f;

	(void)unused;
	begin(&f);
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	assert_int_equal(solo_make(f.node->solo), OK);
	r.nonce = 1;
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	assert_int_equal(dev_set_nonce(node_dev(f.node), &owner, 0), OK);
	assert_int_equal(node_pending_nonce(f.node, &owner), 0);
	r.nonce = 0;
	r.wei = 2;
	assert_int_equal(fixture_send(&f, &r, NULL), OK);
	assert_int_equal(solo_make(f.node->solo), OK);
	assert_int_equal(fixture_account(&f, &owner).nonce, 1);
	fixture_free(&f);
}

/* The pool's file with one transaction of the pool in it. */
static void write_pool_file(struct fixture *f, const struct hash *hash)
{
	u8 raw[512], file[600];
	struct address sender;
	struct bytes content;
	struct rlp_writer w;
	size_t size, mark;

	assert_int_equal(node_pending_find(f->node, raw, &size, sizeof raw, &sender, hash), OK);
	rlp_writer_init(&w, file, sizeof file);
	mark = rlp_list_open(&w);
	rlp_write_string(&w, (struct bytes){ raw, size });
	rlp_list_close(&w, mark);
	assert_int_equal(rlp_writer_end(&w, &content), OK);
	assert_int_equal(file_write(f->path, MEMPOOL_FILE, content), OK);
}

/* Its chain may be reset or rolled back under any transaction: none is saved, and none that is there is taken up. */
static void what_waits_does_not_outlive_a_restart(void **unused)
{
	struct fixture f;
	struct hash hash;

	(void)unused;
	begin(&f);
	assert_int_equal(node_start(f.node), OK);
	assert_int_equal(fixture_send(&f, &(struct request){ .from = 1, .nonce = 1, .wei = 1 }, &hash), OK);
	node_stop(f.node);
	assert_false(file_exists(f.path, MEMPOOL_FILE));
	write_pool_file(&f, &hash);
	node_close(f.node);
	open_dev(&f);
	assert_int_equal(node_start(f.node), OK);
	assert_int_equal(node_pool_counts(f.node).queued, 0);
	node_stop(f.node);
	fixture_free(&f);
}

/* Whether whoever else reads the clock takes his time about it: stands for libc's. */
static atomic_bool others_are_slow;
static pthread_t hasty;

int clock_gettime(clockid_t which, struct timespec *out)
{
	if (atomic_load(&others_are_slow) && !pthread_equal(pthread_self(), hasty))
		(void)usleep(1000);
	return (int)syscall(SYS_clock_gettime, which, out);
}

/* Whoever makes a block is not done when the block is there. */
static void what_is_set_once_a_block_is_there_is_for_the_next(void **unused)
{
	enum { MANY = 20 };
	struct address nobody = { { [19] = 9 } };
	struct fixture f;
	u64 time;

	(void)unused;
	begin(&f);
	assert_int_equal(node_start(f.node), OK);
	time = head_of(&f).header.time;
	hasty = pthread_self();
	atomic_store(&others_are_slow, true);
	for (u64 i = 0; i < MANY; i++) {
		time += 100;
		assert_int_equal(dev_set_next_time(node_dev(f.node), time), OK);
		assert_int_equal(fixture_send(&f, &(struct request){ .nonce = i, .to = nobody }, NULL), OK);
		assert_int_equal(node_wait_height(f.node, i + 1, 60000), i + 1);
		assert_int_equal(head_of(&f).header.time, time);
	}
	atomic_store(&others_are_slow, false);
	node_stop(f.node);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_devnet_is_developed),
		cmocka_unit_test(a_market_begins_at_its_own_time),
		cmocka_unit_test(a_file_that_is_no_market_is_refused),
		cmocka_unit_test(an_edit_is_in_a_block_and_outlives_a_restart),
		cmocka_unit_test(an_edit_that_fails_makes_no_block),
		cmocka_unit_test(going_back_and_on_gives_the_same_state),
		cmocka_unit_test(what_was_queued_is_gone_after_going_back),
		cmocka_unit_test(a_nonce_that_is_set_back_can_be_used_again),
		cmocka_unit_test(what_waits_does_not_outlive_a_restart),
		cmocka_unit_test(what_is_set_once_a_block_is_there_is_for_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
