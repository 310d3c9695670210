#include "base/abi.h"

#include <assert.h>
#include <string.h>

struct parser {
	const char *at; /* the character to read next; stops at the NUL */
	struct abi_types *types;
	u8 height[ABI_TYPES_MAX]; /* of each node: arrays and tuples below and at it */
};

static enum err node_new(struct parser *p, u16 *out, enum abi_kind kind)
{
	u16 node = p->types->count;

	if (node == ABI_TYPES_MAX)
		return ERR_SIZE;
	p->types->nodes[node] = (struct abi_type){ .kind = kind, .head_words = 1 };
	p->types->count++;
	p->height[node] = 0;
	*out = node;
	return OK;
}

/* Decimal digits without a leading zero; 0 if there are none.  Stops growing
 * once it is above every number that a type may carry. */
static enum err number_parse(struct parser *p, u32 *out)
{
	u32 x = 0;

	if (*p->at == '0')
		return ERR_SYNTAX;
	for (; *p->at >= '0' && *p->at <= '9'; p->at++)
		if (x <= UINT16_MAX)
			x = x * 10 + (u32)(*p->at - '0');
	*out = x;
	return OK;
}

/* "uint", "uint16", "address", "bytes", "bytes4": name and number. */
static enum err elementary_set(struct abi_type *type, const char *name, size_t size,
			       u32 number)
{
	static const struct {
		const char *name;
		size_t size;
		enum abi_kind kind;
		enum abi_kind numbered; /* the same kind: no number may follow */
		u16 step, max;          /* of the number */
		u16 bits;               /* without a number */
	} elementary[] = {
		/* name    size  kind         numbered         step  max  bits */
		{ "uint", 4, ABI_UINT, ABI_UINT, 8, 256, 256 },
		{ "address", 7, ABI_ADDRESS, ABI_ADDRESS, 1, 0, 0 },
		{ "bytes", 5, ABI_BYTES, ABI_FIXED_BYTES, 1, 32, 0 },
		{ "bool", 4, ABI_BOOL, ABI_BOOL, 1, 0, 0 },
		{ "string", 6, ABI_STRING, ABI_STRING, 1, 0, 0 },
		{ "int", 3, ABI_INT, ABI_INT, 8, 256, 256 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(elementary); i++) {
		if (size != elementary[i].size ||
		    memcmp(name, elementary[i].name, size) != 0)
			continue;
		if (number > elementary[i].max || number % elementary[i].step != 0)
			return ERR_SYNTAX;
		type->kind = number ? elementary[i].numbered : elementary[i].kind;
		type->bits = number ? (u16)number : elementary[i].bits;
		type->dynamic = type->kind == ABI_BYTES || type->kind == ABI_STRING;
		return OK;
	}
	return ERR_SYNTAX;
}

static enum err elementary_parse(struct parser *p, u16 *out)
{
	const char *name = p->at;
	size_t size;
	u32 number;

	while (*p->at >= 'a' && *p->at <= 'z')
		p->at++;
	size = (size_t)(p->at - name);
	TRY(number_parse(p, &number));
	TRY(node_new(p, out, ABI_UINT));
	return elementary_set(&p->types->nodes[*out], name, size, number);
}

/* "[]" or "[3]" behind the type of node *element; *element becomes the array. */
static enum err array_parse(struct parser *p, u16 *element)
{
	struct abi_type *array;
	u16 node;
	u32 length, words;
	bool varies = p->at[1] == ']';

	assert(*p->at == '[');

	p->at++;
	TRY(number_parse(p, &length));
	if (*p->at != ']' || (length == 0 && !varies))
		return ERR_SYNTAX;
	p->at++;
	if (length > ABI_ITEMS_MAX)
		return ERR_SIZE;
	if (p->height[*element] >= ABI_DEPTH_MAX)
		return ERR_DEPTH;
	TRY(node_new(p, &node, varies ? ABI_ARRAY : ABI_FIXED_ARRAY));
	p->height[node] = (u8)(p->height[*element] + 1);
	array = &p->types->nodes[node];
	array->first = *element;
	array->bits = (u16)length;
	array->dynamic = varies || p->types->nodes[*element].dynamic;
	if (!array->dynamic) {
		words = length * p->types->nodes[*element].head_words;
		if (words > UINT16_MAX)
			return ERR_SIZE;
		array->head_words = (u16)words;
	}
	*element = node;
	return OK;
}

/* What a tuple is, once its members are linked. */
static enum err tuple_measure(struct parser *p, u16 tuple)
{
	struct abi_type *type = &p->types->nodes[tuple];
	u32 words = 0;

	for (u16 i = type->first; i != 0; i = p->types->nodes[i].next) {
		const struct abi_type *member = &p->types->nodes[i];

		type->count++;
		words += member->head_words;
		type->dynamic |= member->dynamic;
		if (p->height[tuple] <= p->height[i])
			p->height[tuple] = (u8)(p->height[i] + 1);
	}
	if (words > UINT16_MAX)
		return ERR_SIZE;
	type->head_words = type->dynamic ? 1 : (u16)words;
	return OK;
}

static enum err type_parse(struct parser *p, u16 *out, unsigned depth);

/* "(type,...)" into node tuple.  depth counts the tuples around it: the only
 * recursion, and never deeper than ABI_DEPTH_MAX. */
static enum err tuple_parse(struct parser *p, u16 tuple, unsigned depth)
{
	u16 member, *link = &p->types->nodes[tuple].first;

	if (depth > ABI_DEPTH_MAX)
		return ERR_DEPTH;
	do {
		p->at++; /* the '(' or ',' */
		TRY(type_parse(p, &member, depth));
		*link = member;
		link = &p->types->nodes[member].next;
	} while (*p->at == ',');
	if (*p->at != ')')
		return ERR_SYNTAX;
	p->at++;
	return tuple_measure(p, tuple);
}

static enum err type_parse(struct parser *p, u16 *out, unsigned depth)
{
	u16 node;

	if (*p->at == '(') {
		TRY(node_new(p, &node, ABI_TUPLE));
		TRY(tuple_parse(p, node, depth + 1));
		if (p->height[node] > ABI_DEPTH_MAX)
			return ERR_DEPTH;
	} else {
		TRY(elementary_parse(p, &node));
	}
	while (*p->at == '[')
		TRY(array_parse(p, &node));
	*out = node;
	return OK;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

/* Only the outermost list may be empty: Solidity has no empty struct, and an
 * element without size would make an array's length cost nothing. */
static enum err parameters_parse(struct parser *p)
{
	u16 root;

	TRY(node_new(p, &root, ABI_TUPLE));
	if (is_name(*p->at))
		while (is_name(*p->at) || (*p->at >= '0' && *p->at <= '9'))
			p->at++;
	if (*p->at != '(')
		return ERR_SYNTAX;
	if (p->at[1] == ')') {
		p->at += 2;
		p->types->nodes[root].head_words = 0;
	} else {
		TRY(tuple_parse(p, root, 0));
	}
	return *p->at == '\0' ? OK : ERR_SYNTAX;
}

enum err abi_parse(struct abi_types *out, const char *signature)
{
	struct abi_types types;
	struct parser p = { .at = signature, .types = &types };

	types.count = 0;
	TRY(parameters_parse(&p));
	memcpy(out->nodes, types.nodes, types.count * sizeof types.nodes[0]);
	out->count = types.count;
	return OK;
}
