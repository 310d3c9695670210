#include "tests/rpc/line.h"

#include "rpc/unsent.h"

/* Clients that ask, and do not read what they are answered. */

#define REQUEST_MAX (RAW_TEXT_MAX + 100)

/* Asks for more than sockets take in, between two requests (",{...}", or none). */
static void ask_much_between(const char *first, const char *last)
{
	static const char one[] = ",{\"id\":1,\"method\":\"plimsoll_help\"}";
	static char body[1000 * sizeof one + 2 * REQUEST_MAX], head[200];
	size_t size = (size_t)sprintf(body, "%s", first);

	for (u32 i = 0; i < 998; i++)
		size += (size_t)sprintf(body + size, "%s", one);
	size += (size_t)sprintf(body + size, "%s]", last);
	body[0] = '[';
	(void)snprintf(head, sizeof head, HEAD "Content-Length: %zu\r\n\r\n", size);
	say(head);
	say(body);
}

static void ask_much(void)
{
	ask_much_between("", "");
}

static void hang_up_and_call_again(void)
{
	(void)close(line);
	call_as("127.0.0.1");
}

/* Asks for much on the line, and leaves it with the answer unread. */
static int hoard(void)
{
	ask_much();
	assert_int_equal(poll(&(struct pollfd){ .fd = line, .events = POLLIN }, 1, PATIENCE_MS), 1);
	return line;
}

static void what_waits_to_be_read_is_bounded_in_all(void **unused)
{
	struct rpc_config config = fixture_config();
	int slow;
	u32 tries = 0;

	(void)unused;
	config.time_max_ms = 0;
	config.unsent_max = 1 << 20;
	begin(&config);
	slow = hoard();
	call_as("127.0.0.1");
	ask_much();
	say(POST METRICS);
	assert_true(hears("# HELP plimsoll_blocks_total", 1, PATIENCE_MS));
	assert_true(hears("HTTP/1.1 503", 1, 0));
	assert_true(hears(REPLY, 1, 0));
	assert_false(hears("plimsoll_http_unsent_bytes 0\n", 1, 0));

	/* Whoever hangs up gives its room back, */
	(void)close(slow);
	do {
		(void)usleep(10000);
		hang_up_and_call_again();
		say(METRICS);
		assert_true(hears("# HELP plimsoll_blocks_total", 1, PATIENCE_MS));
	} while (!hears("plimsoll_http_unsent_bytes 0\n", 1, 0) && ++tries < 3000);
	assert_true(tries < 3000);
	/* and whoever reads. */
	for (int i = 0; i < 2; i++) {
		hang_up_and_call_again();
		ask_much();
		say(POST METRICS);
		assert_true(hears("plimsoll_http_unsent_bytes 0\n", 1, PATIENCE_MS));
		assert_true(hears("HTTP/1.1 200", 3, 0));
		assert_true(heard_size > 4u << 20);
	}
	finish();
}

/* A call whose body is longer than an answer that is not counted. */
static void say_long(void)
{
	static char body[UNSENT_SMALL + 2];
	char head[200];

	memset(body, ' ', sizeof body - 1);
	memcpy(body, CALL, sizeof CALL - 1);
	(void)snprintf(head, sizeof head, HEAD "Content-Length: %zu\r\n\r\n", sizeof body - 1);
	say(head);
	say(body);
}

static void assert_chain_id_was_not_asked_for(void)
{
	call_as("127.0.0.3");
	say(METRICS);
	assert_true(hears("plimsoll_rpc_refused_total", 1, PATIENCE_MS)); /* far behind those of methods */
	assert_false(hears("method=\"eth_chainId\"", 1, 100));
	(void)close(line);
}

/* Addresses are told apart, and each has a share of so many bytes. */
static void begin_with_shares(size_t share)
{
	struct rpc_config config = fixture_config();

	config.counts_loopback = true;
	config.rate = 0;
	config.time_max_ms = 0;
	config.unsent_max = UNSENT_SHARES * share;
	begin(&config);
	(void)close(line);
}

/* A share is more than one long answer and less than two; who is on the line has one unread on another. */
static int begin_with_a_hoarder(void)
{
	int hoarder;

	begin_with_shares(7 << 20);
	call_as("127.0.0.2");
	hoarder = hoard();
	call_as("127.0.0.2");
	return hoarder;
}

static void what_one_address_leaves_unread_is_bounded(void **unused)
{
	int hoarder;

	(void)unused;
	hoarder = begin_with_a_hoarder();
	ask_much();
	say(POST);
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	assert_true(hears("HTTP/1.1 200", 2, 0));
	assert_true(hears("-32005,\"message\":\"too many answers wait to be read\"", 400, 0));
	assert_true(heard_size < 3u << 20);
	(void)close(line);
	call_as("127.0.0.3");
	ask_much();
	say(POST);
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	assert_true(hears("HTTP/1.1 200", 2, 0));
	(void)close(hoarder);
	finish();
}

/* Alice's next transaction, to be sent with an id. */
static void send_request(char out[REQUEST_MAX], char id)
{
	struct tx tx = tx_to(BOB, 1, (struct bytes){ 0 }, fixture.nonces[0]++);
	char raw[RAW_TEXT_MAX];

	sign(raw, &tx, 0);
	(void)snprintf(out, REQUEST_MAX, ",{\"id\":\"%c\",\"method\":\"eth_sendRawTransaction\",\"params\":[\"%s\"]}", id, raw);
}

/* Sends one before and one behind more than the answer has room for: the last is refused so, and was not sent. */
static void assert_only_the_first_is_sent(const char *code)
{
	char first[REQUEST_MAX], last[REQUEST_MAX], refused[100];
	u64 nonce = fixture.nonces[0];
	struct address alice;

	assert_int_equal(hex_to_address(&alice, ALICE, 42), OK);
	send_request(first, 'a');
	send_request(last, 'z');
	ask_much_between(first, last);
	(void)snprintf(refused, sizeof refused, "\"id\":\"z\",\"error\":{\"code\":%s,", code);
	assert_true(hears(refused, 1, PATIENCE_MS));
	assert_true(hears("HTTP/1.1 200", 1, 0));
	assert_true(hears("\"id\":\"a\",\"result\":\"0x", 1, 0));
	assert_int_equal(node_pending_nonce(fixture.node, &alice), nonce + 1);
	fixture.nonces[0] = nonce + 1;
}

static void what_is_refused_for_unread_answers_has_not_been_done(void **unused)
{
	int hoarder;

	(void)unused;
	hoarder = begin_with_a_hoarder();
	assert_only_the_first_is_sent("-32005");
	(void)close(hoarder);
	finish();
}

static void what_the_longest_answer_has_no_room_for_has_not_been_done(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	config.time_max_ms = 0;
	config.response_max = 1 << 20;
	begin(&config);
	assert_only_the_first_is_sent("-32003");
	finish();
}

static void who_hoards_answers_is_refused_before_he_is_served_and_others_are_not(void **unused)
{
	int hoarder;

	(void)unused;
	begin_with_shares(2 << 20); /* less than an answer */
	call_as("127.0.0.2");
	hoarder = hoard();
	call_as("127.0.0.2");
	say(POST);
	assert_true(hears("HTTP/1.1 503", 1, PATIENCE_MS));
	assert_true(hears("too many answers wait to be read", 1, PATIENCE_MS));
	(void)close(line);

	assert_chain_id_was_not_asked_for();
	call_as("127.0.0.3");
	ask_much();
	say_long();
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	assert_true(heard_size > 2u << 20);
	(void)close(hoarder);
	finish();
}

static void where_all_is_used_up_long_bodies_are_refused_before_they_are_served(void **unused)
{
	struct rpc_config config = fixture_config();
	int hoarder;

	(void)unused;
	config.time_max_ms = 0;
	config.unsent_max = 1 << 20;
	begin(&config);
	hoarder = hoard();
	call_as("127.0.0.1");
	say_long();
	assert_true(hears("HTTP/1.1 503", 1, PATIENCE_MS));
	(void)close(line);
	assert_chain_id_was_not_asked_for();
	call_as("127.0.0.1");
	say(POST);
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	(void)close(hoarder);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_to_be_read_is_bounded_in_all),
		cmocka_unit_test(what_one_address_leaves_unread_is_bounded),
		cmocka_unit_test(what_is_refused_for_unread_answers_has_not_been_done),
		cmocka_unit_test(what_the_longest_answer_has_no_room_for_has_not_been_done),
		cmocka_unit_test(who_hoards_answers_is_refused_before_he_is_served_and_others_are_not),
		cmocka_unit_test(where_all_is_used_up_long_bodies_are_refused_before_they_are_served),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
