#include "contracts-native/dispatch/call.h"
#include "contracts-native/feeds/aggregator.h"
#include "contracts-native/feeds/feed.h"
#include "contracts-native/multicall/multicall.h"

/* One line for each kind of contract that exists. */
static const struct contract *const all[] = {
	&FEED_CONTRACT,
	&AGGREGATOR_CONTRACT,
	&MULTICALL_CONTRACT,
};

const struct contract *contract_find(enum contract_kind kind)
{
	for (size_t i = 0; i < ARRAY_COUNT(all); i++)
		if (all[i]->kind == kind)
			return all[i];
	return NULL;
}

const struct contract *const *contracts_all(size_t *count)
{
	*count = ARRAY_COUNT(all);
	return all;
}
