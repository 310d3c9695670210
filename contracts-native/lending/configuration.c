#include "contracts-native/lending/configuration.h"

#include <assert.h>

static const struct {
	u8 shift, width;
} fields[] = {
#define X(name, shift, width, unit) { shift, width },
	CONFIG_FIELDS(X)
#undef X
};

void config_set(struct u256 *word, enum config_field field, u64 value)
{
	assert(value <= config_max(field));
	u256_set_field(word, fields[field].shift, fields[field].width, value);
}

u64 config_max(enum config_field field)
{
	return ((u64)1 << fields[field].width) - 1;
}
