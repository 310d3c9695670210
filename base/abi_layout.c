#include "base/abi_layout.h"

#include <assert.h>
#include <string.h>

size_t abi_head_size(const struct abi_types *types, u16 node, u32 count)
{
	const struct abi_type *type = &types->nodes[node];
	size_t words = 0;

	if (type->kind != ABI_TUPLE) {
		assert(type->kind == ABI_ARRAY || type->kind == ABI_FIXED_ARRAY);
		return (size_t)count * types->nodes[type->first].head_words * ABI_WORD;
	}
	for (u16 i = type->first; i != 0; i = types->nodes[i].next)
		words += types->nodes[i].head_words;
	return words * ABI_WORD;
}

bool abi_is_zero(const u8 *at, size_t size)
{
	static const u8 zeros[ABI_WORD];

	assert(size <= sizeof zeros);
	return memcmp(at, zeros, size) == 0;
}

static bool int_is_clean(const u8 word[ABI_WORD], size_t high_size)
{
	bool negative = word[high_size] >> 7;

	for (size_t i = 0; i < high_size; i++)
		if (word[i] != (negative ? 0xff : 0x00))
			return false;
	return true;
}

bool abi_word_is_clean(const struct abi_type *type, const u8 word[ABI_WORD])
{
	assert(abi_is_word(type->kind));

	switch (type->kind) {
	case ABI_UINT:
		return abi_is_zero(word, ABI_WORD - type->bits / 8u);
	case ABI_INT:
		return int_is_clean(word, ABI_WORD - type->bits / 8u);
	case ABI_ADDRESS:
		return abi_is_zero(word, ABI_WORD - sizeof(struct address));
	case ABI_BOOL:
		return abi_is_zero(word, ABI_WORD - 1) && word[ABI_WORD - 1] <= 1;
	case ABI_FIXED_BYTES:
		return abi_is_zero(word + type->bits, (size_t)ABI_WORD - type->bits);
	case ABI_BYTES:
	case ABI_STRING:
	case ABI_ARRAY:
	case ABI_FIXED_ARRAY:
	case ABI_TUPLE:
		break;
	}
	return false;
}

bool abi_is_word(enum abi_kind kind)
{
	return kind <= ABI_FIXED_BYTES;
}
