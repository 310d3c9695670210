#ifndef CONTRACTS_LENDING_SINGLE_H
#define CONTRACTS_LENDING_SINGLE_H

/* Contracts of which there is one: number 0 of their kind. */

#include "contracts-native/dispatch/call.h"

static inline bool single_exists(struct state *s, u16 index)
{
	(void)s;
	return index == 0;
}

#endif
