#include "tests/rpc/line.h"

#include "node/node_parts.h"
#include "node/risk_parts.h"
#include "rpc/aside.h"
#include "rpc/rpc.h"

/* What takes long is served aside: one thread serves everybody here, and what walks accounts finds somebody else's
 * walk in its way. */

#define WALK      "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"plimsoll_liquidatable\"}"
#define POST_WALK HEAD "Content-Length: 57\r\n\r\n" WALK
#define DONE      "\"id\":7,\"result\":{\"height\":"
#define WAIT_MS   30000

static void somebody_walks(void)
{
	assert_int_equal(pthread_mutex_lock(&fixture.node->risk->walk_lock), 0);
}

static void nobody_walks(void)
{
	assert_int_equal(pthread_mutex_unlock(&fixture.node->risk->walk_lock), 0);
}

static struct rpc_config one_thread(void)
{
	struct rpc_config config = fixture_config();

	config.threads = 1;
	config.time_max_ms = WAIT_MS;
	return config;
}

/* Whether the line ends, whatever is said before. */
static bool is_over(int wait_ms)
{
	struct pollfd at = { .fd = line, .events = POLLIN };
	char some[1024];

	while (poll(&at, 1, wait_ms) == 1) {
		if (recv(line, some, sizeof some, 0) <= 0)
			return true;
	}
	return false;
}

/* Another line is answered while this one waits. */
static void assert_others_are_served(void)
{
	int slow = line;

	call_as("127.0.0.1");
	say(POST);
	assert_true(hears(REPLY, 1, WAIT_MS / 2));
	(void)close(line);
	line = slow;
	hear_anew();
	assert_false(hears("HTTP", 1, 0));
}

static void who_asks_little_does_not_wait_behind_a_walk(void **unused)
{
	struct rpc_config config = one_thread();

	(void)unused;
	begin(&config);
	somebody_walks();
	say(POST_WALK);
	assert_others_are_served();
	nobody_walks();
	assert_true(hears(DONE, 1, WAIT_MS));
	say(POST); /* and the line goes on */
	assert_true(hears(REPLY, 1, WAIT_MS));
	finish();
}

/* Of a method that costs one, of which none alone is dear. */
static void nor_behind_a_batch_that_is_dear_in_all(void **unused)
{
	struct rpc_config config = one_thread();
	char body[4096] = "[", text[sizeof body + 200];

	(void)unused;
	for (u32 i = 0; i <= RPC_QUICK_COST; i++)
		(void)sprintf(body + strlen(body), "%s{\"id\":7,\"method\":\"plimsoll_status\"}", i > 0 ? "," : "");
	strcat(body, "]");
	(void)snprintf(text, sizeof text, HEAD "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	begin(&config);
	somebody_walks();
	say(text);
	assert_others_are_served();
	nobody_walks();
	assert_true(hears("\"id\":7,\"result\":", RPC_QUICK_COST + 1, WAIT_MS));
	finish();
}

/* A walk that is alone in it would have its quick time first. */
static void nor_behind_a_long_one(void **unused)
{
	static char text[RPC_QUICK_BYTES + 1000];
	struct rpc_config config = one_thread();

	(void)unused;
	(void)sprintf(text, HEAD "Content-Length: %zu\r\n\r\n%*s[{\"id\":7,\"method\":\"plimsoll_status\"}]",
		      (size_t)RPC_QUICK_BYTES + 37, (int)RPC_QUICK_BYTES, " ");
	begin(&config);
	somebody_walks();
	say(text);
	for (u32 i = 0; i < 20; i++) /* it is read in pieces */
		assert_others_are_served();
	nobody_walks();
	assert_true(hears("\"id\":7,\"result\":", 1, WAIT_MS));
	finish();
}

static void what_goes_aside_is_counted_once(void **unused)
{
	struct rpc_config config = one_thread();

	(void)unused;
	config.rate = 1;
	config.burst = 21; /* one walk, one request */
	config.counts_loopback = true;
	begin(&config);
	somebody_walks();
	say(POST_WALK);
	assert_others_are_served(); /* the bucket is empty */
	nobody_walks();
	assert_true(hears(DONE, 1, WAIT_MS));
	finish();
}

static void it_has_the_time_of_its_body_and_no_more(void **unused)
{
	struct rpc_config config = one_thread();

	(void)unused;
	config.time_max_ms = 100;
	begin(&config);
	somebody_walks();
	say(POST_WALK);
	assert_true(hears("\"id\":7,\"error\":{\"code\":-32002,\"message\":\"request timed out\"}", 1, WAIT_MS));
	nobody_walks();
	finish();
}

static void who_hangs_up_meanwhile_leaves_nothing_behind(void **unused)
{
	struct rpc_config config = one_thread();
	u32 tries = 0;

	(void)unused;
	begin(&config);
	somebody_walks();
	for (u32 i = 0; i < 20; i++) {
		say(POST_WALK);
		(void)close(line);
		call_as("127.0.0.1");
	}
	nobody_walks();
	say(POST_WALK);
	assert_true(hears(DONE, 1, WAIT_MS));
	/* The server may have read this request before one of those. */
	do {
		(void)usleep(10000);
		hear_anew();
		say(METRICS);
		assert_true(hears("\nplimsoll_rpc_aside_waiting ", 1, WAIT_MS));
	} while (!hears("plimsoll_rpc_aside_waiting 0\n", 1, 100) && ++tries < 3000);
	assert_true(tries < 3000);
	finish();
}

static void a_server_stops_though_many_wait(void **unused)
{
	struct rpc_config config = one_thread();
	int lines[40];

	(void)unused;
	config.time_max_ms = 500;
	begin(&config);
	somebody_walks();
	for (u32 i = 0; i < ARRAY_COUNT(lines); i++) {
		lines[i] = line;
		say(POST_WALK);
		call_as("127.0.0.1");
	}
	say(POST);
	assert_true(hears(REPLY, 1, WAIT_MS));
	finish();
	nobody_walks();
	for (u32 i = 0; i < ARRAY_COUNT(lines); i++) {
		line = lines[i];
		assert_true(is_over(WAIT_MS));
		(void)close(lines[i]);
	}
}

/* -- the queue ------------------------------------------------------------------------------ */

struct served {
	struct aside_task task; /* first: found by it */
	u32 order;
	bool was_stopping;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static _Atomic u32 served_count;

static void note(void *context, struct aside_task *task, bool is_stopping)
{
	struct served *s = (struct served *)task;

	assert_ptr_equal(context, &gate);
	(void)pthread_mutex_lock(&gate);
	(void)pthread_mutex_unlock(&gate);
	s->was_stopping = is_stopping;
	s->order = ++served_count;
}

/* A task for note. */
static struct aside_task *prepared(struct served *s)
{
	s->task = (struct aside_task){ .serve = note, .context = &gate };
	return &s->task;
}

static void first_come_first_served_and_each_once(void **unused)
{
	struct served all[100] = { { .order = 0 } };
	struct aside *a = aside_start(1);

	(void)unused;
	assert_non_null(a);
	served_count = 0;
	for (u32 i = 0; i < ARRAY_COUNT(all); i++)
		assert_true(aside_add(a, prepared(&all[i])));
	while (atomic_load(&served_count) < ARRAY_COUNT(all))
		(void)usleep(100);
	aside_stop(a);
	for (u32 i = 0; i < ARRAY_COUNT(all); i++) {
		assert_int_equal(all[i].order, i + 1);
		assert_false(all[i].was_stopping);
	}
	assert_int_equal(aside_waiting(a), 0);
	aside_free(a);
}

static void *stop(void *a)
{
	aside_stop(a);
	return NULL;
}

static void those_that_wait_are_let_go_when_it_stops(void **unused)
{
	struct served all[10000] = { { .order = 0 } };
	struct aside *a = aside_start(1);
	pthread_t stopper;
	u32 count = 1;

	(void)unused;
	served_count = 0;
	(void)pthread_mutex_lock(&gate);
	assert_true(aside_add(a, prepared(&all[0])));
	while (aside_waiting(a) > 0)
		(void)usleep(100);
	assert_true(aside_add(a, prepared(&all[count++])));
	assert_int_equal(pthread_create(&stopper, NULL, stop, a), 0);
	while (count < ARRAY_COUNT(all) && aside_add(a, prepared(&all[count]))) {
		count++;
		(void)usleep(1000);
	}
	(void)pthread_mutex_unlock(&gate);
	assert_int_equal(pthread_join(stopper, NULL), 0);
	assert_true(count < ARRAY_COUNT(all)); /* it was refused */
	assert_false(all[0].was_stopping);
	for (u32 i = 1; i < count; i++) {
		assert_int_equal(all[i].order, i + 1);
		assert_true(all[i].was_stopping);
	}
	aside_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_little_does_not_wait_behind_a_walk),
		cmocka_unit_test(nor_behind_a_batch_that_is_dear_in_all),
		cmocka_unit_test(nor_behind_a_long_one),
		cmocka_unit_test(what_goes_aside_is_counted_once),
		cmocka_unit_test(it_has_the_time_of_its_body_and_no_more),
		cmocka_unit_test(who_hangs_up_meanwhile_leaves_nothing_behind),
		cmocka_unit_test(a_server_stops_though_many_wait),
		cmocka_unit_test(first_come_first_served_and_each_once),
		cmocka_unit_test(those_that_wait_are_let_go_when_it_stops),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
