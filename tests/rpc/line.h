#ifndef TESTS_RPC_LINE_H
#define TESTS_RPC_LINE_H

/* A server with limits of its own, and one bare socket to it: what is said goes out as it stands, what is heard is
 * kept.
 *
 *     begin(&config);
 *     say(POST POST);
 *     assert_true(hears(REPLY, 2, PATIENCE_MS));
 *     finish(); */

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/rpc/fixture.h"
#include "tests/support/text_count.h"

#define CALL      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}"
#define REPLY     "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x4f24\"}"
#define HEAD      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
#define POST      HEAD "Content-Length: 47\r\n\r\n" CALL
#define METRICS   "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define HEARD_MAX (16u << 20)

#define PATIENCE_MS 30000 /* for what comes far sooner */

static struct rpc_server *other; /* beside the fixture's own */
static int line = -1;
static char heard[HEARD_MAX];
static size_t heard_size;

/* Another socket to the server, from an address of the loopback interface. */
static inline int connect_as(const char *from)
{
	struct sockaddr_in own = { .sin_family = AF_INET };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(rpc_server_port(other)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, from, &own.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* What is heard from now on. */
static inline void hear_anew(void)
{
	heard_size = 0;
	heard[0] = '\0';
}

/* Puts such a one on the line.  What was there before stays open. */
static inline void call_as(const char *from)
{
	line = connect_as(from);
	hear_anew();
}

static inline void begin(const struct rpc_config *config)
{
	char why[RPC_WHY_MAX];

	assert_int_equal(rpc_server_start(&other, fixture.node, config, why), OK);
	call_as("127.0.0.1");
}

static inline void finish(void)
{
	(void)close(line);
	rpc_server_stop(other);
}

static inline void say(const char *text)
{
	assert_int_equal(send(line, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until the text is there so many times; false: the time is up, or the line is cut. */
static inline bool hears(const char *text, u32 times, int wait_ms)
{
	struct pollfd at = { .fd = line, .events = POLLIN };

	for (;;) {
		ssize_t got;

		if (text_count(heard, text) >= times)
			return true;
		if (poll(&at, 1, wait_ms) != 1)
			return false;
		got = recv(line, heard + heard_size, HEARD_MAX - 1 - heard_size, 0);
		if (got <= 0)
			return false;
		heard_size += (size_t)got;
		heard[heard_size] = '\0';
	}
}

static inline bool is_cut(int wait_ms)
{
	struct pollfd at = { .fd = line, .events = POLLIN };
	char c;

	return poll(&at, 1, wait_ms) == 1 && recv(line, &c, 1, 0) <= 0;
}

#endif
