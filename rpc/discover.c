#include "rpc/methods.h"

#include <assert.h>
#include <string.h>

#include "base/version.h"
#include "rpc/params.h"
#include "rpc/schema.h"

/* rpc_discover: the method tables as an OpenRPC document.  A row's help begins with its parameters,
 * "(address, {below, limit}) what it answers": a name, or the members of an object. */

#define OPENRPC_VERSION "1.2.6"

/* What a parameter's name means wherever it stands: name, type.  One that is no object must be here. */
static const struct {
	const char *name, *type;
} PARAMS[] = {
	{ "address", "address" },
	{ "hash", "hash" },
	{ "block", "text|object" },
	{ "newest", "text" },
	{ "blocks", "text|number" },
	{ "percentiles", "[number]" },
	{ "index", "quantity" },
	{ "slot", "text" },
	{ "slots", "[text]" },
	{ "full", "bool" },
	{ "data", "data" },
	{ "signed bytes", "data" },
	{ "report", "data" },
	{ "call", "object" },
	{ "call with nonce", "object" },
	{ "calls", "[data|object]" },
	{ "stateOverrides", "object" },
	{ "blockOverrides", "object" },
	{ "id", "text" },
	{ "kind", "text" },
	{ "options", "any" }, /* of a subscription: the kind says what they are */
	{ "user", "address" },
	{ "from", "address" },
	{ "collateralAsset", "address" },
	{ "debtAsset", "address" },
	{ "debtToCover | \"max\"", "text" },
	{ "receiveAToken", "bool" },
	{ "{account} | [{table, key}]", "object|[object]" },
	/* of a chain for tests: numbers of any kind, among others */
	{ "seconds", "any" },
	{ "time", "any" },
	{ "time | {timestamp, blocks}", "any" },
	{ "on", "any" },
	{ "wei", "any" },
	{ "gas", "any" },
	{ "nonce", "any" },
	{ "amount", "any" },
	{ "token", "any" },
	{ "owner", "any" },
	{ "spender", "any" },
	{ "code", "any" },
	{ "value", "any" },
};

/* The next parameter of a list, without the blanks around it; false: there is none. */
static bool next_param(struct bytes *out, const char **at)
{
	const char *first = *at + strspn(*at, " ,");
	const char *end = first;
	int depth = 0;

	while (*end && (depth > 0 || (*end != ',' && *end != ')'))) {
		depth += *end == '{' || *end == '[' || *end == '(';
		depth -= *end == '}' || *end == ']' || *end == ')';
		end++;
	}
	*out = (struct bytes){ (const u8 *)first, (size_t)(end - first) };
	*at = end;
	return end > first;
}

static const char *type_of_param(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_COUNT(PARAMS); i++) {
		if (strlen(PARAMS[i].name) == name.size && memcmp(PARAMS[i].name, name.at, name.size) == 0)
			return PARAMS[i].type;
	}
	assert(name.at[0] == '{' && "a parameter has no type");
	return "object";
}

static void write_param(struct json_writer *w, struct bytes text, bool is_required)
{
	bool is_object = text.at[0] == '{';

	jw_object(w, NULL);
	if (is_object)
		jw_text(w, "name", "options");
	else
		jw_text_size(w, "name", (const char *)text.at, text.size);
	if (is_object)
		jw_text_size(w, "summary", (const char *)text.at, text.size);
	jw_bool(w, "required", is_required);
	schema_write(w, "schema", type_of_param(text));
	jw_end(w);
}

static void write_method(struct json_writer *w, const struct rpc_method *m)
{
	const char *at = m->help + 1; /* behind the bracket */
	struct bytes param;

	jw_object(w, NULL);
	jw_text(w, "name", m->name);
	jw_text(w, "paramStructure", "by-position");
	jw_array(w, "params");
	for (u8 i = 0; next_param(&param, &at); i++)
		write_param(w, param, i < m->params_min);
	jw_end(w);
	jw_text(w, "summary", at + strspn(at, ") "));
	jw_object(w, "result");
	jw_text(w, "name", "result");
	jw_text(w, "summary", at + strspn(at, ") "));
	schema_write(w, "schema", m->result);
	jw_end(w);
	jw_end(w);
}

static enum rpc_code discover(struct rpc *c)
{
	jw_object(&c->out, RESULT);
	jw_text(&c->out, "openrpc", OPENRPC_VERSION);
	jw_object(&c->out, "info");
	jw_text(&c->out, "title", "Plimsoll JSON-RPC");
	jw_text(&c->out, "version", PLIMSOLL_VERSION);
	jw_end(&c->out);
	jw_array(&c->out, "methods");
	for (size_t i = 0; i < c->methods->count; i++)
		write_method(&c->out, c->methods->rows[i]);
	jw_end(&c->out);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "rpc.discover", discover, 0, 0, 5, "object", "() rpc_discover, by the name that OpenRPC gives it" },
	{ "rpc_discover", discover, 0, 0, 5, "object", "() every method as an OpenRPC document" },
};

const struct rpc_table DISCOVER_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
