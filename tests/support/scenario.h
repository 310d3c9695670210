#ifndef TESTS_SUPPORT_SCENARIO_H
#define TESTS_SUPPORT_SCENARIO_H

/* Recorded lending scenarios: a step becomes a contract call written with names, the call
 * becomes calldata by the method's row, and what comes back becomes JSON with names again. */

#include "tests/support/market.h"

#define SCENARIO_CALLDATA_MAX 16384

struct scenario_call {
	struct address from, to;
	const struct method *method;
	u8 input[SCENARIO_CALLDATA_MAX];
	size_t input_size;
};

/* The call that a step ("op": supply, admin, view, ...) stands for.  Aborts if there is none. */
void scenario_compile(struct scenario_call *out, const struct market *m, const json_t *step);
/* A call of fn (a bare name) with these arguments. */
void scenario_encode(struct scenario_call *out, const struct market *m, const char *from, const char *to,
		     const char *fn, const json_t *args);

/* A result: one value, or an array of several.  NULL if the method returns nothing. */
json_t *scenario_result(const struct market *m, const char *returns, struct bytes output);
/* Revert data as text: "ReservePaused", "Panic(0x11)", "empty", ... */
json_t *scenario_error(const struct market *m, struct bytes output);
/* { "c": emitter, "e": name, "a": [parameters] } */
json_t *scenario_event(const struct market *m, const struct log *log);

/* For tests that write their own steps, in JSON with single quotes:
 *
 *     market_do(&m, "{'op':'supply','from':'alice','asset':'WETH','amount':'5'}")
 *     market_see(&m, "{'to':'aWETH','fn':'balanceOf','args':['alice']}")
 *
 * market_do runs a step in the present block and answers "ok" or the error; market_see
 * answers a view's result (or error) in the same notation.  The text lives until the next
 * call.  market_event is event i of the last market_do. */
const char *market_do(struct market *m, const char *step);
const char *market_see(struct market *m, const char *call);
const char *market_event(struct market *m, u32 i);
u32 market_event_count(const struct market *m);
/* Ends the block; the next one comes so many seconds later. */
void market_wait(struct market *m, u64 seconds);

/* "max" for 2^256-1, else decimal. */
json_t *json_number(const struct u256 *x);
/* Whether two values agree; an expected object is compared by the order of its members.
 * *compared counts the leaves. */
bool json_agrees(const json_t *expected, const json_t *got, u64 *compared);

#endif
