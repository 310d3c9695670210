#include "contracts-native/dispatch/address.h"

#include <assert.h>
#include <string.h>

static const u8 prefix[16] = { 'P', 'l', 'i', 'm', 's', 'o', 'l', 'l' };

/* clang-format off */
static const struct address multicall = { {
	0xca, 0x11, 0xbd, 0xe0, 0x59, 0x77, 0xb3, 0x63, 0x11, 0x67,
	0x02, 0x88, 0x62, 0xbe, 0x2a, 0x17, 0x39, 0x76, 0xca, 0x11,
} };
/* clang-format on */

static const char *const labels[] = {
	[CONTRACT_NONE] = "",
#define X(name, number, label) [CONTRACT_##name] = (label),
	CONTRACT_KINDS(X)
#undef X
};

struct address contract_address(enum contract_kind kind, u16 index)
{
	struct address a;

	assert(kind > CONTRACT_NONE && (size_t)kind < ARRAY_COUNT(labels));
	assert(kind != CONTRACT_MULTICALL || index == 0);

	if (kind == CONTRACT_MULTICALL)
		return multicall;
	memcpy(a.bytes, prefix, sizeof prefix);
	store_be16(a.bytes + 16, (u16)kind);
	store_be16(a.bytes + 18, index);
	return a;
}

struct contract_id contract_of(const struct address *a)
{
	struct contract_id none = { CONTRACT_NONE, 0 };
	u16 kind;

	if (!address_cmp(a, &multicall))
		return (struct contract_id){ CONTRACT_MULTICALL, 0 };
	if (memcmp(a->bytes, prefix, sizeof prefix) != 0)
		return none;
	kind = load_be16(a->bytes + 16);
	if (kind >= ARRAY_COUNT(labels) || !labels[kind] || kind == CONTRACT_NONE ||
	    kind == CONTRACT_MULTICALL)
		return none;
	return (struct contract_id){ kind, load_be16(a->bytes + 18) };
}

const char *contract_label(enum contract_kind kind)
{
	assert((size_t)kind < ARRAY_COUNT(labels) && labels[kind]);

	return labels[kind];
}
