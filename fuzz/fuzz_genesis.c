/* The genesis file: any bytes.
 *
 *  - What genesis_parse refuses leaves no memory and says why.
 *  - What it accepts has an id that does not depend on layout: settled (printed with
 *    indentation) it parses to the same id. */

#include "node/genesis.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_settled(const struct genesis *g, struct bytes text)
{
	char why[JSON_WHY_MAX];
	struct genesis again;
	char *settled;
	enum err e = genesis_settle(&settled, text, 1, why);

	assert(e == OK);
	e = genesis_parse(&again, (struct bytes){ (const u8 *)settled, strlen(settled) }, why);
	assert(e == OK);
	assert(hash_cmp(&again.id, &g->id) == 0);
	genesis_free(&again);
	free(settled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = { data, size };
	char why[JSON_WHY_MAX];
	struct genesis g;

	if (genesis_parse(&g, text, why) == OK) {
		check_settled(&g, text);
		genesis_free(&g);
	} else {
		assert(why[0] != '\0');
	}
	if (genesis_from_market(&g, text, 31337, why) == OK)
		genesis_free(&g);
	else
		assert(why[0] != '\0');
	return 0;
}
