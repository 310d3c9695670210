#ifndef CLIENT_FAULT_H
#define CLIENT_FAULT_H

/* Why a call or a transaction failed, in words, and what to do about it. */

#include <jansson.h>

#include "base/err.h"

#define FAULT_NAME_MAX 64
#define FAULT_TEXT_MAX 512

enum fault_kind {
	FAULT_NONE,
	FAULT_LOCAL,       /* our own side: bad argument, no key, out of memory */
	FAULT_UNREACHABLE, /* no node, or not a node */
	FAULT_REVERT,      /* a contract refused */
	FAULT_REFUSED,     /* the node refused: nonce, funds, parameters */
	FAULT_TIMEOUT,     /* sent, but no receipt yet */
};

struct fault {
	enum fault_kind kind;
	char name[FAULT_NAME_MAX]; /* the custom error, "Error" or "Panic" of a revert; else "" */
	char text[FAULT_TEXT_MAX]; /* one line */
};

/* fault_set writes our own words and returns e, so that `return fault_set(...)` reads well. */
enum err fault_set(struct fault *out, enum err e, enum fault_kind kind, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* From a JSON-RPC error object (rpc_call's); takes it.  Returns ERR_REVERT for a revert, ERR_IO if
 * nothing answered, ERR_NOT_FOUND for a method the node does not have, ERR_RANGE else. */
enum err fault_take(struct fault *out, json_t *error);
/* From revert data alone; always ERR_REVERT. */
enum err fault_from_revert(struct fault *out, struct bytes revert);
/* What a person can do about a custom error or a node's refusal; NULL if there is nothing to add. */
const char *fault_advice(const struct fault *f);

#endif
