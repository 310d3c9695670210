#include "client/typed.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "client/field.h"
#include "client/typed_value.h"

static enum err explain(char why[TYPED_WHY_MAX], enum err e, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static enum err explain(char why[TYPED_WHY_MAX], enum err e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, TYPED_WHY_MAX, format, args);
	va_end(args);
	return e;
}

/* -- types as text --------------------------------------------------------------------- */

/* A type without the brackets of its arrays. */
static void base_of(char out[TYPED_NAME_MAX], const char *type)
{
	snprintf(out, TYPED_NAME_MAX, "%.*s", (int)strcspn(type, "["), type);
}

static bool is_identifier(const char *text)
{
	size_t i = 0;

	for (; isalnum((unsigned char)text[i]) || text[i] == '_' || text[i] == '$'; i++)
		;
	return i > 0 && i < TYPED_NAME_MAX && text[i] == '\0' && !isdigit((unsigned char)text[0]);
}

/* The struct types that a name refers to, itself first. */
struct closure {
	const char *names[TYPED_TYPES_MAX];
	size_t count;
};

static enum err closure_add(struct closure *c, const json_t *types, const char *name,
			    char why[TYPED_WHY_MAX])
{
	char base[TYPED_NAME_MAX];
	void *member;

	base_of(base, name);
	member = json_object_iter_at((json_t *)types, base); /* reads only */
	if (!member)
		return OK; /* no struct: whoever encodes a value of it knows it */
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->names[i], base) == 0)
			return OK;
	}
	if (c->count == TYPED_TYPES_MAX)
		return explain(why, ERR_FULL, "more than %d types", TYPED_TYPES_MAX);
	c->names[c->count++] = json_object_iter_key(member);
	return OK;
}

static enum err closure_make(struct closure *out, const json_t *types, const char *name,
			     char why[TYPED_WHY_MAX])
{
	out->count = 0;
	TRY(closure_add(out, types, name, why));
	if (out->count == 0)
		return explain(why, ERR_NOT_FOUND, "types has no %.80s", name);
	for (size_t i = 0; i < out->count; i++) {
		const json_t *members = json_object_get(types, out->names[i]);

		if (!is_identifier(out->names[i]) || !json_is_array(members))
			return explain(why, ERR_TYPE, "types.%.80s is not a list of members",
				       out->names[i]);
		for (size_t j = 0; j < json_array_size(members); j++) {
			const json_t *member = json_array_get(members, j);

			if (!is_identifier(field_text(member, "name")) ||
			    strlen(field_text(member, "type")) >= TYPED_NAME_MAX)
				return explain(why, ERR_TYPE,
					       "member %zu of types.%.80s lacks a name or a type", j,
					       out->names[i]);
			TRY(closure_add(out, types, field_text(member, "type"), why));
		}
	}
	return OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *typed_text(const json_t *types, const char *name, char why[TYPED_WHY_MAX])
{
	struct closure all;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (closure_make(&all, types, name, why))
		return NULL;
	qsort(all.names + 1, all.count - 1, sizeof *all.names, compare_names);
	out = open_memstream(&text, &size);
	if (!out) {
		explain(why, ERR_FULL, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < all.count; i++) {
		const json_t *members = json_object_get(types, all.names[i]);

		fprintf(out, "%s(", all.names[i]);
		for (size_t j = 0; j < json_array_size(members); j++)
			fprintf(out, "%s%s %s", j == 0 ? "" : ",",
				field_text(json_array_get(members, j), "type"),
				field_text(json_array_get(members, j), "name"));
		fprintf(out, ")");
	}
	fclose(out);
	return text;
}

/* -- values ------------------------------------------------------------------------------- */

/* What is the same for every value of one message.  path is of the member at hand. */
struct encoder {
	const json_t *types;
	char *why;
	char path[TYPED_WHY_MAX / 2];
};

static enum err struct_hash(struct encoder *e, struct hash *out, const char *name, const json_t *value,
			    unsigned depth);
static enum err value_word(struct encoder *e, struct hash *out, const char *type, const json_t *value,
			   unsigned depth);

/* keccak256 of the elements' words, one after the other. */
static enum err array_hash(struct encoder *e, struct hash *out, const char *type, const json_t *value,
			   unsigned depth)
{
	const char *bracket = strrchr(type, '[');
	size_t count = json_array_size(value), path_size = strlen(e->path);
	char element[TYPED_NAME_MAX];
	struct hash *words;
	enum err result = OK;

	if (!json_is_array(value))
		return explain(e->why, ERR_TYPE, "%s must be a list", e->path);
	if (bracket[1] != ']' &&
	    (strspn(bracket + 1, "0123456789") + 2 != strlen(bracket) || bracket[1] == '0'))
		return explain(e->why, ERR_TYPE, "%s: there is no type %.60s", e->path, type);
	if (bracket[1] != ']' && strtoull(bracket + 1, NULL, 10) != count)
		return explain(e->why, ERR_SIZE, "%s must have %.*s elements", e->path,
			       (int)strspn(bracket + 1, "0123456789"), bracket + 1);
	snprintf(element, sizeof element, "%.*s", (int)(bracket - type), type);
	words = malloc((count + 1) * sizeof *words);
	if (!words)
		return explain(e->why, ERR_FULL, "out of memory");
	for (size_t i = 0; !result && i < count; i++) {
		snprintf(e->path + path_size, sizeof e->path - path_size, "[%zu]", i);
		result = value_word(e, &words[i], element, json_array_get(value, i), depth + 1);
	}
	e->path[path_size] = '\0';
	if (!result)
		keccak256(out, (struct bytes){ words->bytes, count * sizeof *words });
	free(words);
	return result;
}

/* The word that stands for a value in its struct or array. */
static enum err value_word(struct encoder *e, struct hash *out, const char *type, const json_t *value,
			   unsigned depth)
{
	const size_t size = strlen(type);
	enum err result;

	if (depth > TYPED_DEPTH_MAX)
		return explain(e->why, ERR_DEPTH, "%.60s...: nested too deeply", e->path);
	if (!value || json_is_null(value))
		return explain(e->why, ERR_NOT_FOUND, "%s is missing", e->path);
	if (size > 2 && type[size - 1] == ']' && strchr(type, '['))
		return array_hash(e, out, type, value, depth);
	if (json_object_get(e->types, type))
		return struct_hash(e, out, type, value, depth);
	result = typed_value_word(out, type, value);
	if (result == ERR_TYPE)
		return explain(e->why, result, "%s: there is no type %.60s", e->path, type);
	if (result == ERR_CANONICAL)
		return explain(e->why, result, "%s is mistyped: its capitals do not match (EIP-55)",
			       e->path);
	return result ? explain(e->why, result, "%s is not a value of %.60s", e->path, type) : OK;
}

static enum err struct_hash(struct encoder *e, struct hash *out, const char *name, const json_t *value,
			    unsigned depth)
{
	const json_t *members = json_object_get(e->types, name);
	size_t count = json_array_size(members), path_size = strlen(e->path);
	struct hash *words;
	enum err result = OK;
	char *text;

	if (!json_is_object(value))
		return explain(e->why, ERR_TYPE, "%s must be an object of %.60s", e->path, name);
	text = typed_text(e->types, name, e->why);
	if (!text)
		return ERR_TYPE;
	words = malloc((count + 1) * sizeof *words);
	if (words)
		keccak256(&words[0], (struct bytes){ (const u8 *)text, strlen(text) });
	free(text);
	if (!words)
		return explain(e->why, ERR_FULL, "out of memory");
	for (size_t i = 0; !result && i < count; i++) {
		const json_t *member = json_array_get(members, i);
		const char *key = field_text(member, "name");

		snprintf(e->path + path_size, sizeof e->path - path_size, ".%s", key);
		result = value_word(e, &words[i + 1], field_text(member, "type"),
				    json_object_get(value, key), depth + 1);
	}
	e->path[path_size] = '\0';
	if (!result)
		keccak256(out, (struct bytes){ words->bytes, (count + 1) * sizeof *words });
	free(words);
	return result;
}

static enum err root_hash(struct hash *out, const json_t *types, const char *name, const json_t *value,
			  const char *path, char why[TYPED_WHY_MAX])
{
	struct encoder e = { .types = types, .why = why };
	struct hash h;

	snprintf(e.path, sizeof e.path, "%s", path);
	if (!json_is_array(json_object_get(types, name)))
		return explain(why, ERR_NOT_FOUND, "types has no %.80s", name);
	TRY(struct_hash(&e, &h, name, value, 0));
	*out = h;
	return OK;
}

enum err typed_struct(struct hash *out, const json_t *types, const char *name, const json_t *value,
		      char why[TYPED_WHY_MAX])
{
	return root_hash(out, types, name, value, name, why);
}

/* -- whole messages ------------------------------------------------------------------------ */

/* The type of a domain that has none: its members in the order of the standard. */
static json_t *domain_type(const json_t *domain)
{
	static const struct {
		const char *name, *type;
	} members[] = {
		{ "name", "string" },
		{ "version", "string" },
		{ "chainId", "uint256" },
		{ "verifyingContract", "address" },
		{ "salt", "bytes32" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
		if (json_object_get(domain, members[i].name))
			json_array_append_new(list, json_pack("{s:s, s:s}", "name", members[i].name,
							      "type", members[i].type));
	}
	return json_pack("{s:o}", "EIP712Domain", list);
}

enum err typed_domain(struct hash *out, const json_t *typed, char why[TYPED_WHY_MAX])
{
	json_t *types = json_object_get(typed, "types"), *made = NULL;
	const json_t *domain = json_object_get(typed, "domain");
	enum err e;

	if (!json_is_object(types) || !json_is_object(domain))
		return explain(why, ERR_NOT_FOUND, "typed data has the members types, primaryType, "
						   "domain and message");
	if (!json_object_get(types, "EIP712Domain"))
		made = domain_type(domain);
	e = root_hash(out, made ? made : types, "EIP712Domain", domain, "domain", why);
	json_decref(made);
	return e;
}

enum err typed_digest(struct hash *out, const json_t *typed, char why[TYPED_WHY_MAX])
{
	const char *primary = field_text(typed, "primaryType");
	struct hash domain, message;
	struct bytes parts[] = { { (const u8 *)"\x19\x01", 2 },
				 { domain.bytes, sizeof domain.bytes },
				 { message.bytes, sizeof message.bytes } };
	bool has_message = strcmp(primary, "EIP712Domain") != 0;

	TRY(typed_domain(&domain, typed, why));
	if (!*primary)
		return explain(why, ERR_NOT_FOUND, "primaryType is missing");
	if (has_message)
		TRY(root_hash(&message, json_object_get(typed, "types"), primary,
			      json_object_get(typed, "message"), "message", why));
	keccak256_parts(out, parts, has_message ? 3 : 2);
	return OK;
}
