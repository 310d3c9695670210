/* ABI: the first byte picks a signature, or says that the rest is one; what
 * follows is decoded against it.
 *
 *  - What ABI_STRICT accepts is encoded again to the same bytes.
 *  - What ABI_STRICT accepts ABI_CALLDATA accepts too.
 *  - What ABI_CALLDATA accepts every accessor can read, and encoding it gives
 *    the canonical form, which ABI_STRICT accepts. */

#include "base/abi.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Overlapping tails make the canonical form larger than the input. */
#define OUTPUT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const signatures[] = {
	"supply(address,uint256,address,uint16)",
	"sam(bytes,bool,uint256[])",
	"f(uint256,uint32[],bytes10,bytes)",
	"g(uint256[][],string[])",
	"bar(bytes3[2])",
	"aggregate3((address,bool,bytes)[])",
	"propose(address[],uint256[],bytes[],string)",
	"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
	"ints(int8,int128,int256,int24[])",
	"batch((address,address,uint256,bytes)[])",
	"mixed((uint8,(bool,address)),(string,uint8[2])[],bytes[2])",
	"deep(((uint8[][])[2],string)[])",
	"flash(address,address[],uint256[],uint256[],address,bytes,uint16)",
	"none()",
};

static void tuple_copy(struct abi_writer *w, const struct abi_view *v);

static void value_copy(struct abi_writer *w, const struct abi_view *v, u32 index,
		       const struct abi_type *type)
{
	struct address address;
	struct abi_view inner;
	struct hash word;
	struct u256 x;

	switch (type->kind) {
	case ABI_UINT:
		if (type->bits <= 64) {
			abi_put_u64(w, abi_u64(v, index));
			break;
		}
		/* fall through */
	case ABI_INT:
		x = abi_u256(v, index);
		abi_put_u256(w, &x);
		break;
	case ABI_BOOL:
		abi_put_u64(w, abi_bool(v, index));
		break;
	case ABI_ADDRESS:
		address = abi_address(v, index);
		abi_put_address(w, &address);
		break;
	case ABI_FIXED_BYTES:
		word = abi_bytes32(v, index);
		abi_put_bytes32(w, &word);
		break;
	case ABI_BYTES:
	case ABI_STRING:
		abi_put_bytes(w, abi_bytes(v, index));
		break;
	case ABI_ARRAY:
	case ABI_FIXED_ARRAY:
	case ABI_TUPLE:
		inner = abi_at(v, index);
		abi_open(w, inner.count);
		tuple_copy(w, &inner);
		abi_close(w);
		break;
	}
}

/* The members of a tuple or the elements of an array, as deep as the type goes. */
static void tuple_copy(struct abi_writer *w, const struct abi_view *v)
{
	const struct abi_type *nodes = v->types->nodes;
	u16 member = nodes[v->type].first;

	for (u32 i = 0; i < v->count; i++) {
		value_copy(w, v, i, &nodes[member]);
		if (nodes[v->type].kind == ABI_TUPLE)
			member = nodes[member].next;
	}
}

static void decode_check(const struct abi_types *types, struct bytes in)
{
	struct abi_view lenient, strict, again;
	enum err is_lenient = abi_decode(&lenient, types, in, ABI_CALLDATA);
	enum err is_strict = abi_decode(&strict, types, in, ABI_STRICT);
	static u8 output[OUTPUT_MAX];
	struct abi_writer w;
	struct bytes canonical;

	if (is_lenient != OK) {
		assert(is_strict != OK);
		return;
	}
	abi_writer_init(&w, types, output, sizeof output);
	tuple_copy(&w, &lenient);
	if (abi_writer_end(&w, &canonical) != OK)
		return;
	assert((is_strict == OK) == bytes_equal(canonical, in));
	assert(abi_decode(&again, types, canonical, ABI_STRICT) == OK);
}

/* The rest as a signature; one that parses is decoded against zeros. */
static void signature_check(const uint8_t *data, size_t size)
{
	static const u8 zeros[4096];
	char *text = malloc(size + 1);
	struct abi_types types;

	assert(text);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (abi_parse(&types, text) == OK)
		decode_check(&types, (struct bytes){ zeros, sizeof zeros });
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct abi_types types;
	u8 choice;

	if (size == 0)
		return 0;
	choice = data[0] % (ARRAY_COUNT(signatures) + 1);
	if (choice == ARRAY_COUNT(signatures)) {
		signature_check(data + 1, size - 1);
		return 0;
	}
	assert(abi_parse(&types, signatures[choice]) == OK);
	decode_check(&types, (struct bytes){ data + 1, size - 1 });
	return 0;
}
