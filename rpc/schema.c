#include "rpc/schema.h"

#include <assert.h>
#include <string.h>

#define MEMBER_NAME_MAX 40

/* Kinds of values. */
static const struct {
	const char *word, *schema;
} KINDS[] = {
	{ "any", "{}" },
	{ "object", "{\"type\":\"object\"}" },
	{ "null", "{\"type\":\"null\"}" },
	{ "bool", "{\"type\":\"boolean\"}" },
	{ "number", "{\"type\":\"number\"}" },
	{ "text", "{\"type\":\"string\"}" },
	{ "address", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{40}$\"}" },
	{ "hash", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{64}$\"}" },
	{ "data", "{\"type\":\"string\",\"pattern\":\"^0x([0-9a-fA-F]{2})*$\"}" },
	{ "quantity", "{\"type\":\"string\",\"pattern\":\"^0x(0|[1-9a-f][0-9a-f]*)$\"}" },
	{ "decimal", "{\"type\":\"string\",\"pattern\":\"^(0|[1-9][0-9]*)(\\\\.[0-9]*[1-9])?$\"}" },
};

/* Objects that several methods answer with; objects.c writes them. */
static const struct {
	const char *word, *type;
} NAMED[] = {
	{ "log", "{address:address topics:[hash] data:data blockHash:hash blockNumber:quantity blockTimestamp:quantity "
		 "transactionHash:hash transactionIndex:quantity logIndex:quantity removed:bool}" },
	{ "transaction",
	  "{blockHash:hash|null blockNumber:quantity|null blockTimestamp:quantity|null transactionIndex:quantity|null hash:hash "
	  "from:address to:address type:quantity chainId?:quantity nonce:quantity gas:quantity gasPrice:quantity "
	  "maxFeePerGas?:quantity maxPriorityFeePerGas?:quantity value:quantity input:data accessList?:[object] v:quantity "
	  "yParity?:quantity r:quantity s:quantity}" },
	{ "receipt", "{type:quantity status:quantity transactionHash:hash transactionIndex:quantity blockHash:hash blockNumber:quantity "
		     "from:address to:address cumulativeGasUsed:quantity gasUsed:quantity contractAddress:null "
		     "effectiveGasPrice:quantity logsBloom:data logs:[log]}" },
	{ "block", "{hash:hash parentHash:hash sha3Uncles:hash miner:address stateRoot:hash transactionsRoot:hash receiptsRoot:hash "
		   "logsBloom:data difficulty:quantity number:quantity gasLimit:quantity gasUsed:quantity timestamp:quantity "
		   "extraData:data mixHash:hash nonce:data baseFeePerGas:quantity size:quantity uncles:[hash] "
		   "transactions:[hash]|[transaction]}" },
};

static void write_any_of(struct json_writer *w, const char *key, const char **at);

/* Behind the type that begins here. */
static const char *type_end(const char *at)
{
	for (int depth = 0; *at && (depth > 0 || !strchr(" ]}", *at)); at++) {
		depth += *at == '[' || *at == '{';
		depth -= *at == ']' || *at == '}';
	}
	return at;
}

static void write_word(struct json_writer *w, const char *key, const char **at)
{
	size_t size = strcspn(*at, "| ]}");
	const char *word = *at;

	*at += size;
	for (size_t i = 0; i < ARRAY_COUNT(KINDS); i++) {
		if (strlen(KINDS[i].word) == size && memcmp(KINDS[i].word, word, size) == 0) {
			jw_raw(w, key, KINDS[i].schema, strlen(KINDS[i].schema));
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_COUNT(NAMED); i++) {
		if (strlen(NAMED[i].word) == size && memcmp(NAMED[i].word, word, size) == 0) {
			schema_write(w, key, NAMED[i].type);
			return;
		}
	}
	assert(false && "a word of a type is unknown");
}

/* Takes the name of the member that begins here; false: it may be missing. */
static bool take_member(char name[MEMBER_NAME_MAX], const char **at)
{
	size_t size = strcspn(*at, "?: }");
	bool is_optional = (*at)[size] == '?';

	assert(size > 0 && size < MEMBER_NAME_MAX);
	memcpy(name, *at, size);
	name[size] = '\0';
	*at += size + is_optional;
	return !is_optional;
}

static void write_members(struct json_writer *w, const char **at)
{
	char name[MEMBER_NAME_MAX];

	jw_array(w, "required");
	for (const char *member = *at; *member != '}'; member += strspn(member, " ")) {
		if (take_member(name, &member))
			jw_text(w, NULL, name);
		if (*member == ':')
			member = type_end(member + 1);
	}
	jw_end(w);
	jw_object(w, "properties");
	for (; **at != '}'; *at += strspn(*at, " ")) {
		(void)take_member(name, at);
		if (**at == ':') {
			++*at;
			write_any_of(w, name, at);
		} else {
			jw_raw(w, name, "{}", 2);
		}
	}
	jw_end(w);
	jw_bool(w, "additionalProperties", false);
}

static void write_one(struct json_writer *w, const char *key, const char **at)
{
	if (**at != '[' && **at != '{') {
		write_word(w, key, at);
		return;
	}
	jw_object(w, key);
	jw_text(w, "type", **at == '[' ? "array" : "object");
	if (*(*at)++ == '[')
		write_any_of(w, "items", at);
	else
		write_members(w, at);
	assert(**at == ']' || **at == '}');
	++*at;
	jw_end(w);
}

/* Whether a bar stands outside of all brackets. */
static bool has_choice(const char *at)
{
	const char *end = type_end(at);
	int depth = 0;

	for (; at < end; at++) {
		depth += *at == '[' || *at == '{';
		depth -= *at == ']' || *at == '}';
		if (depth == 0 && *at == '|')
			return true;
	}
	return false;
}

static void write_any_of(struct json_writer *w, const char *key, const char **at)
{
	if (!has_choice(*at)) {
		write_one(w, key, at);
		return;
	}
	jw_object(w, key);
	jw_array(w, "anyOf");
	for (write_one(w, NULL, at); **at == '|'; write_one(w, NULL, at))
		++*at;
	jw_end(w);
	jw_end(w);
}

void schema_write(struct json_writer *w, const char *key, const char *type)
{
	write_any_of(w, key, &type);
	assert(*type == '\0');
}
