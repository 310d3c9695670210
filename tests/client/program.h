#ifndef TESTS_CLIENT_PROGRAM_H
#define TESTS_CLIENT_PROGRAM_H

/* The program itself, run against a node of canned answers: command lines in, text and
 * status out.  In a line of bash, $P is the program and $PLIMSOLL_RPC the node. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/field.h"
#include "tests/client/plimsoll_vectors.h"
#include "tests/support/canned_rpc.h"

#define LOWER_BOB "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" /* as a node writes it */
#define JUNK      "test test test test test test test test test test test junk"

/* What the node says now; set it with tell. */
static const char *domain = DOMAIN;
static const char *send_error; /* to a raw transaction; NULL: it takes it */

static inline json_t *token_answer(const char *data)
{
	for (size_t i = 0; i < ARRAY_COUNT(token_answers); i++) {
		if (strncmp(data, token_answers[i].selector, 10) == 0)
			return json_string(token_answers[i].answer);
	}
	return json_string(domain); /* DOMAIN_SEPARATOR() */
}

#define MARKET(symbol) \
	"{\"symbol\":\"" symbol "\",\"asset\":\"0x506c696d736f6c6c000000000000000000010000\"," \
	"\"aToken\":\"0x506c696d736f6c6c000000000000000000020000\"," \
	"\"debtToken\":\"0x506c696d736f6c6c000000000000000000030000\",\"decimals\":18,\"price\":\"1\"}"

static char program[1024], folder[64], output[1 << 16];
static struct canned_rpc *node;

static inline json_t *node_answer(void *context, const char *method, const json_t *params)
{
	(void)context;
	if (strcmp(method, "eth_call") == 0)
		return token_answer(field_text(json_array_get(params, 0), "data"));
	if (strcmp(method, "eth_chainId") == 0)
		return json_string("0x4f24"); /* 20260 */
	if (strcmp(method, "eth_sendRawTransaction") == 0 && send_error)
		return json_pack("{s:{s:i, s:s}}", "error", "code", -32000, "message", send_error);
	if (strcmp(method, "eth_sendRawTransaction") == 0)
		return json_string("0x2b");
	if (strcmp(method, "eth_getTransactionReceipt") == 0 && send_error)
		return json_null();
	if (strcmp(method, "eth_getTransactionReceipt") == 0)
		return json_pack("{s:s, s:s, s:s, s:s}", "status", "0x1", "blockNumber", "0x7", "gasUsed",
				 "0x5208", "effectiveGasPrice", "0x3b9aca00");
	if (strcmp(method, "plimsoll_markets") == 0)
		return json_loads("[" MARKET("WETH") "," MARKET("DAI") "]", 0, NULL);
	if (strcmp(method, "plimsoll_getHealth") == 0)
		return json_pack("{s:s, s:n}", "address", LOWER_BOB, "healthFactor");
	if (strcmp(method, "plimsoll_liquidatable") == 0)
		return json_pack("{s:[{s:s}], s:i}", "accounts", "address", LOWER_BOB, "total", 1);
	if (strcmp(method, "plimsoll_status") == 0)
		return json_pack("{s:s}", "clientVersion", "canned");
	return json_pack("{s:{s:i, s:s}}", "error", "code", -32601, "message", "no such method");
}

/* The program stands beside the tests: BUILD/bin beside BUILD/tests/client. */
static inline int set_up(void **state)
{
	ssize_t size = readlink("/proc/self/exe", program, sizeof program - 32);

	(void)state;
	assert_true(size > 0);
	program[size] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(program, '/') = '\0';
	strcat(program, "/bin/plimsoll");
	strcpy(folder, "/tmp/plimsoll-cli-XXXXXX");
	assert_non_null(mkdtemp(folder));
	node = canned_rpc_start(node_answer, NULL);
	assert_non_null(node);
	unsetenv("PLIMSOLL_KEY");
	setenv("HOME", folder, 1);
	setenv("PLIMSOLL_PASSWORD", "pw", 1);
	setenv("PLIMSOLL_RPC", canned_rpc_url(node), 1);
	setenv("P", program, 1);
	setenv("JUNK", JUNK, 1);
	return 0;
}

static inline int tear_down(void **state)
{
	char command[128];

	(void)state;
	canned_rpc_stop(node);
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	return system(command);
}

static inline void tell(const char **what, const char *answer)
{
	canned_rpc_lock(node);
	*what = answer;
	canned_rpc_unlock(node);
}

/* Runs a line of bash, in which $P is the program; output has both of its streams. */
static inline int shell(const char *line)
{
	char script[4096];
	size_t size;
	FILE *pipe;
	int status;

	setenv("LINE", line, 1);
	snprintf(script, sizeof script, "cd '%s'; exec bash -c \"$LINE\" 2>&1 </dev/null", folder);
	pipe = popen(script, "r");
	assert_non_null(pipe);
	size = fread(output, 1, sizeof output - 1, pipe);
	output[size] = '\0';
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static inline void says(const char *line, const char *expected)
{
	int status = shell(line);

	if (status != 0 || !strstr(output, expected))
		fail_msg("%s\nstatus %d, lacks \"%s\":\n%s", line, status, expected, output);
}

static inline void refuses(const char *line, const char *expected)
{
	int status = shell(line);

	if (status != 1 || !strstr(output, expected))
		fail_msg("%s\nstatus %d, lacks \"%s\":\n%s", line, status, expected, output);
}

/* The output of a line as JSON: one value and nothing else. */
static inline json_t *json_of(const char *line)
{
	json_error_t error;
	json_t *value;

	assert_int_equal(shell(line), 0);
	value = json_loads(output, JSON_DECODE_ANY, &error);
	if (!value)
		fail_msg("%s\n%s: %s", line, error.text, output);
	return value;
}

static inline void field_is(const char *line, const char *key, const char *expected)
{
	json_t *value = json_of(line);

	assert_string_equal(field_text(value, key), expected);
	json_decref(value);
}

#endif
