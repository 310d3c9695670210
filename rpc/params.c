#include "rpc/params.h"

#include <string.h>

#include "base/hex.h"

#define DECIMAL_SIZE_MAX 40 /* characters of a decimal */

static const char *const ARGUMENTS[] = {
	"argument 0",
	"argument 1",
	"argument 2",
	"argument 3",
	"argument 4",
	"argument 5",
	"argument 6",
};

const json_t *param(const struct rpc *c, size_t index)
{
	const json_t *v = c->params ? json_array_get(c->params, index) : NULL;

	return json_is_null(v) ? NULL : v;
}

/* Whether name is one of names, which stand between spaces. */
static bool word_is_among(const char *names, const char *name)
{
	for (size_t size; *names; names += size + (names[size] == ' ')) {
		size = strcspn(names, " ");
		if (strlen(name) == size && strncmp(names, name, size) == 0)
			return true;
	}
	return false;
}

enum rpc_code value_members(struct rpc *c, const json_t *object, const char *names)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		if (!word_is_among(names, name))
			return rpc_fail(c, RPC_INVALID_PARAMS, "there is no \"%.40s\" here; known: %s", name, names);
	}
	return RPC_OK;
}

const json_t *field(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_null(v) ? NULL : v;
}

/* -- values --------------------------------------------------------------------- */

static enum rpc_code fail_at(struct rpc *c, const char *where, const char *why)
{
	return rpc_fail(c, RPC_INVALID_PARAMS, "invalid %s: %s", where, why);
}

/* The text of a string value that must be there. */
static enum rpc_code value_text(struct rpc *c, struct bytes *out, const json_t *v, const char *where)
{
	if (!v)
		return rpc_fail(c, RPC_INVALID_PARAMS, "missing value for required %s", where);
	if (!json_is_string(v))
		return fail_at(c, where, "a hex string is wanted");
	*out = (struct bytes){ (const u8 *)json_string_value(v), json_string_length(v) };
	return RPC_OK;
}

/* Why hex text was refused. */
static const char *hex_complaint(enum err e, struct bytes text)
{
	if (text.size < 2 || text.at[0] != '0' || text.at[1] != 'x')
		return text.size == 0 ? "empty hex string" : "hex string without 0x prefix";
	if (e == ERR_CANONICAL)
		return "hex number with leading zero digits";
	if (e == ERR_SIZE)
		return "hex string has the wrong length";
	if (text.size == 2)
		return "hex string \"0x\"";
	for (size_t i = 2; i < text.size; i++) {
		if (!strchr("0123456789abcdefABCDEF", text.at[i]) || text.at[i] == '\0')
			return "invalid hex string";
	}
	return "hex string of odd length";
}

static enum rpc_code fail_hex(struct rpc *c, const char *where, enum err e, struct bytes text)
{
	return fail_at(c, where, hex_complaint(e, text));
}

/* The same of a number. */
static enum rpc_code fail_number(struct rpc *c, const char *where, enum err e, struct bytes text, unsigned bits)
{
	if (e == ERR_RANGE)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid %s: hex number > %u bits", where, bits);
	return fail_hex(c, where, e, text);
}

enum rpc_code value_address(struct rpc *c, struct address *out, const json_t *v, const char *where)
{
	struct bytes text;
	enum err e;

	RPC_TRY(value_text(c, &text, v, where));
	e = hex_to_address(out, (const char *)text.at, text.size);
	return e == OK ? RPC_OK : fail_hex(c, where, e, text);
}

enum rpc_code value_hash(struct rpc *c, struct hash *out, const json_t *v, const char *where)
{
	struct bytes text;
	enum err e;

	RPC_TRY(value_text(c, &text, v, where));
	e = hex_to_hash(out, (const char *)text.at, text.size);
	return e == OK ? RPC_OK : fail_hex(c, where, e, text);
}

enum rpc_code value_u64(struct rpc *c, u64 *out, const json_t *v, const char *where)
{
	struct bytes text;
	enum err e;

	RPC_TRY(value_text(c, &text, v, where));
	e = hex_to_u64(out, (const char *)text.at, text.size);
	return e == OK ? RPC_OK : fail_number(c, where, e, text, 64);
}

enum rpc_code value_u256(struct rpc *c, struct u256 *out, const json_t *v, const char *where)
{
	struct bytes text;
	enum err e;

	RPC_TRY(value_text(c, &text, v, where));
	e = hex_to_u256(out, (const char *)text.at, text.size);
	return e == OK ? RPC_OK : fail_number(c, where, e, text, 256);
}

/* Digits, at most one point between them, at most 18 behind it: "1.05" as a wad. */
static bool wad_parse(struct wad *out, const char *text, size_t size)
{
	const char *point = memchr(text, '.', size);
	size_t whole = point ? (size_t)(point - text) : size;
	size_t decimals = point ? size - whole - 1 : 0;
	char digits[DECIMAL_SIZE_MAX + 18];
	struct u256 raw;

	if (size > DECIMAL_SIZE_MAX || whole == 0 || decimals > 18 || (point && decimals == 0))
		return false;
	memset(digits, '0', sizeof digits);
	memcpy(digits, text, whole);
	if (point)
		memcpy(digits + whole, point + 1, decimals);
	if (u256_from_decimal(&raw, digits, whole + 18) != OK)
		return false;
	*out = wad_from(raw);
	return true;
}

enum rpc_code value_wad(struct rpc *c, struct wad *out, const json_t *v, const char *where)
{
	if (!json_is_string(v) || !wad_parse(out, json_string_value(v), json_string_length(v)))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid %s: a decimal string is wanted", where);
	return RPC_OK;
}

enum rpc_code value_bytes(struct rpc *c, struct bytes *out, const json_t *v, const char *where)
{
	struct bytes text;
	size_t size;
	enum err e;
	u8 *at;

	RPC_TRY(value_text(c, &text, v, where));
	at = rpc_take(c, text.size / 2);
	if (!at)
		return fail_at(c, where, "too long");
	e = hex_to_bytes(at, &size, text.size / 2, (const char *)text.at, text.size);
	if (e != OK)
		return fail_hex(c, where, e, text);
	*out = (struct bytes){ at, size };
	return RPC_OK;
}

enum rpc_code value_bool(struct rpc *c, bool *out, const json_t *v, const char *where)
{
	if (!json_is_boolean(v))
		return fail_at(c, where, "true or false is wanted");
	*out = json_is_true(v);
	return RPC_OK;
}

/* -- by position ------------------------------------------------------------------ */

enum rpc_code param_address(struct rpc *c, struct address *out, size_t index)
{
	return value_address(c, out, param(c, index), ARGUMENTS[index]);
}

enum rpc_code param_hash(struct rpc *c, struct hash *out, size_t index)
{
	return value_hash(c, out, param(c, index), ARGUMENTS[index]);
}

enum rpc_code param_u64(struct rpc *c, u64 *out, size_t index)
{
	return value_u64(c, out, param(c, index), ARGUMENTS[index]);
}

enum rpc_code param_bytes(struct rpc *c, struct bytes *out, size_t index)
{
	return value_bytes(c, out, param(c, index), ARGUMENTS[index]);
}

enum rpc_code param_bool(struct rpc *c, bool *out, size_t index)
{
	const json_t *v = param(c, index);

	if (v)
		return value_bool(c, out, v, ARGUMENTS[index]);
	*out = false;
	return RPC_OK;
}

/* -- blocks ------------------------------------------------------------------------- */

/* name, whether it is the block to come, whether it is genesis. */
static const struct {
	const char *name;
	bool is_pending, is_genesis;
} TAGS[] = {
	{ "latest", false, false },
	{ "pending", true, false },
	{ "safe", false, false }, /* finality is instant */
	{ "finalized", false, false },
	{ "earliest", false, true },
};

static void ref_height(struct rpc *c, struct block_ref *out, u64 height)
{
	*out = (struct block_ref){ .height = height, .is_known = height <= rpc_head(c) };
}

static enum rpc_code ref_hash(struct rpc *c, struct block_ref *out, const json_t *v, const char *where)
{
	struct block_ref ref = { .is_known = true };
	struct hash hash;
	enum err e;

	RPC_TRY(value_hash(c, &hash, v, where));
	e = store_height_of(node_store(c->node), &ref.height, &hash);
	if (e != OK && e != ERR_NOT_FOUND)
		return rpc_fail_err(c, e);
	ref.is_known = e == OK;
	if (ref.is_known)
		rpc_await(c, ref.height);
	*out = ref;
	return RPC_OK;
}

/* {"blockHash": h[, "requireCanonical": b]} or {"blockNumber": n}. */
static enum rpc_code ref_object(struct rpc *c, struct block_ref *out, const json_t *v)
{
	const json_t *hash = field(v, "blockHash");
	const json_t *number = field(v, "blockNumber");
	const json_t *canonical = field(v, "requireCanonical");
	bool required; /* every block here is canonical */

	if (hash && number)
		return rpc_fail(c, RPC_INVALID_PARAMS,
				"cannot specify both BlockHash and BlockNumber, choose one or the other");
	if (canonical)
		RPC_TRY(value_bool(c, &required, canonical, "requireCanonical"));
	if (hash)
		return ref_hash(c, out, hash, "blockHash");
	if (number)
		return value_block_number(c, out, number, "blockNumber");
	return rpc_fail(c, RPC_INVALID_PARAMS, "a block needs blockHash or blockNumber");
}

enum rpc_code value_block_number(struct rpc *c, struct block_ref *out, const json_t *v, const char *where)
{
	const char *text = json_string_value(v);
	u64 height;

	if (!text)
		return fail_at(c, where, "a block number or tag is wanted");
	for (size_t i = 0; i < ARRAY_COUNT(TAGS); i++) {
		if (strcmp(text, TAGS[i].name) != 0)
			continue;
		ref_height(c, out, TAGS[i].is_genesis ? 0 : rpc_head(c));
		out->is_pending = TAGS[i].is_pending;
		return RPC_OK;
	}
	RPC_TRY(value_u64(c, &height, v, where));
	ref_height(c, out, height);
	return RPC_OK;
}

enum rpc_code value_block(struct rpc *c, struct block_ref *out, const json_t *v, const char *where)
{
	if (json_is_object(v))
		return ref_object(c, out, v);
	if (!json_is_string(v))
		return fail_at(c, where, "a block number, tag or hash is wanted");
	if (json_string_length(v) == 66)
		return ref_hash(c, out, v, where);
	return value_block_number(c, out, v, where);
}

enum rpc_code param_block(struct rpc *c, struct block_ref *out, size_t index)
{
	const json_t *v = param(c, index);

	if (v)
		return value_block(c, out, v, ARGUMENTS[index]);
	ref_height(c, out, rpc_head(c));
	return RPC_OK;
}

enum rpc_code param_block_number(struct rpc *c, struct block_ref *out, size_t index)
{
	return value_block_number(c, out, param(c, index), ARGUMENTS[index]);
}

enum rpc_code param_block_hash(struct rpc *c, struct block_ref *out, size_t index)
{
	return ref_hash(c, out, param(c, index), ARGUMENTS[index]);
}

enum rpc_code rpc_read_at(struct rpc *c, const struct block_ref *ref, bool is_next)
{
	enum err e = ref->is_known ? reader_begin(&c->reader, c->node, ref->height, is_next) : ERR_NOT_FOUND;

	return e == OK ? RPC_OK : rpc_fail_err(c, e);
}

enum rpc_code rpc_read_param(struct rpc *c, size_t index)
{
	struct block_ref ref;

	RPC_TRY(param_block(c, &ref, index));
	return rpc_read_at(c, &ref, ref.is_pending);
}
