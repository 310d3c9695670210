#include "contracts-native/state/schema.h"

static const struct table_info tables[] = {
#define X(name, number) [number] = { #name, sizeof(struct name##_key), sizeof(struct name) },
	TABLES(X)
#undef X
};

#define X(name, number) static_assert((number) > 0 && (number) < 256, "a table's number is one byte");
TABLES(X)
#undef X

const struct table_info *table_info(unsigned number)
{
	if (number >= ARRAY_COUNT(tables) || !tables[number].name)
		return NULL;
	return &tables[number];
}
