#ifndef CONTRACTS_LENDING_SINGLE_H
#define CONTRACTS_LENDING_SINGLE_H

/* Contracts of which there is one: number 0 of their kind. */

#include "contracts-native/dispatch/call.h"

static inline bool single_exists(struct state *s, u16 index)
{
	(void)s;
	return index == 0;
}

/* Answers with the address of the only contract of a kind. */
static inline enum err return_single(struct call *c, enum contract_kind kind)
{
	struct address a = contract_address(kind, 0);

	call_return_address(c, &a);
	return OK;
}

/* Answers with the zero address: what Aave names there does not exist here. */
static inline enum err return_nobody(struct call *c)
{
	call_return_address(c, &(struct address){ { 0 } });
	return OK;
}

#endif
