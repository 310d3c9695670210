#include "tests/support/hash_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contracts-native/lending/acl.h"

static const char *const names[] = {
#define X(role, name, id) [ROLE_##role] = #role,
	ROLES(X)
#undef X
};

static u8 byte_of(const char *digits)
{
	char two[3] = { digits[0], digits[1], 0 };

	return (u8)strtoul(two, NULL, 16);
}

struct hash hash_of_text(const char *text)
{
	struct hash h = { { 0 } };
	size_t size = strlen(text);

	for (u32 i = 0; i < ROLE_NAME_COUNT; i++)
		if (strcmp(names[i], text) == 0)
			return role_id((enum role_name)i);
	if (strncmp(text, "0x", 2) != 0) {
		memcpy(h.bytes, text, size < sizeof h.bytes ? size : sizeof h.bytes);
		return h;
	}
	for (size_t i = 0; 2 + 2 * i + 1 < size && i < sizeof h.bytes; i++)
		h.bytes[i] = byte_of(text + 2 + 2 * i);
	return h;
}

const char *text_of_hash(char out[HASH_TEXT_MAX], const struct hash *h)
{
	for (u32 i = 0; i < ROLE_NAME_COUNT; i++) {
		struct hash id = role_id((enum role_name)i);

		if (hash_cmp(&id, h) == 0)
			return strcpy(out, names[i]);
	}
	strcpy(out, "0x");
	for (size_t i = 0; i < sizeof h->bytes; i++)
		snprintf(out + 2 + 2 * i, 3, "%02x", h->bytes[i]);
	return out;
}
