#include "rpc/methods.h"

#include <string.h>

/* rpc_discover: the method tables as an OpenRPC document.  A row's help begins with its parameters,
 * "(address, {below, limit}) what it answers": a name, or the members of an object. */

#define OPENRPC_VERSION "1.2.6"

static const char SCHEMA_ANY[] = "{}";
static const char SCHEMA_OBJECT[] = "{\"type\":\"object\"}";

/* What names mean wherever they stand: name, JSON schema. */
static const struct {
	const char *name, *schema;
} SCHEMAS[] = {
	{ "address", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{40}$\"}" },
	{ "hash", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{64}$\"}" },
	{ "block", "{\"type\":[\"string\",\"object\"],\"title\":\"number, tag or EIP-1898 object\"}" },
	{ "index", "{\"type\":\"string\",\"pattern\":\"^0x(0|[1-9a-f][0-9a-f]*)$\"}" },
	{ "full", "{\"type\":\"boolean\"}" },
	{ "signed bytes", "{\"type\":\"string\",\"pattern\":\"^0x([0-9a-fA-F]{2})*$\"}" },
	{ "call", "{\"type\":\"object\"}" },
	{ "calls", "{\"type\":\"array\"}" },
	{ "id", "{\"type\":\"string\"}" },
	{ "kind", "{\"type\":\"string\"}" },
	{ "user", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{40}$\"}" },
	{ "collateralAsset", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{40}$\"}" },
	{ "debtAsset", "{\"type\":\"string\",\"pattern\":\"^0x[0-9a-fA-F]{40}$\"}" },
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

static const char *schema_of(struct bytes name)
{
	if (name.at[0] == '{')
		return SCHEMA_OBJECT;
	for (size_t i = 0; i < ARRAY_COUNT(SCHEMAS); i++) {
		if (strlen(SCHEMAS[i].name) == name.size && memcmp(SCHEMAS[i].name, name.at, name.size) == 0)
			return SCHEMAS[i].schema;
	}
	return SCHEMA_ANY;
}

static void write_param(struct json_writer *w, struct bytes text, bool is_required)
{
	const char *schema = schema_of(text);
	bool is_object = text.at[0] == '{';

	jw_object(w, NULL);
	if (is_object)
		jw_text(w, "name", "options");
	else
		jw_text_size(w, "name", (const char *)text.at, text.size);
	if (is_object)
		jw_text_size(w, "summary", (const char *)text.at, text.size);
	jw_bool(w, "required", is_required);
	jw_raw(w, "schema", schema, strlen(schema));
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
	jw_raw(w, "schema", SCHEMA_ANY, strlen(SCHEMA_ANY));
	jw_end(w);
	jw_end(w);
}

static enum rpc_code discover(struct rpc *c)
{
	jw_object(&c->out, RESULT);
	jw_text(&c->out, "openrpc", OPENRPC_VERSION);
	jw_object(&c->out, "info");
	jw_text(&c->out, "title", "Plimsoll JSON-RPC");
	jw_text(&c->out, "version", RPC_CLIENT_VERSION);
	jw_end(&c->out);
	jw_array(&c->out, "methods");
	for (size_t i = 0; i < c->methods->count; i++)
		write_method(&c->out, c->methods->rows[i]);
	jw_end(&c->out);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, help */
static const struct rpc_method ROWS[] = {
	{ "rpc_discover", discover, 0, 0, "() every method as an OpenRPC document" },
};

const struct rpc_table DISCOVER_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
