#include "cmd/plimsoll-feeder/view.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"

/* -- members of a JSON object ---------------------------------------------------------- */

/* A number, or a QUANTITY in hexadecimal. */
static enum err member_u64(u64 *out, const json_t *object, const char *name)
{
	const json_t *x = json_object_get(object, name);

	if (json_is_integer(x) && json_integer_value(x) >= 0) {
		*out = (u64)json_integer_value(x);
		return OK;
	}
	if (json_is_string(x))
		return hex_to_u64(out, json_string_value(x), json_string_length(x));
	return ERR_SYNTAX;
}

static enum err member_hash(struct hash *out, const json_t *object, const char *name)
{
	const json_t *x = json_object_get(object, name);

	return json_is_string(x) ? hex_to_hash(out, json_string_value(x), json_string_length(x)) : ERR_SYNTAX;
}

static enum err address_read(struct address *out, const json_t *x)
{
	return json_is_string(x) ? hex_to_address(out, json_string_value(x), json_string_length(x)) : ERR_SYNTAX;
}

/* -- plimsoll_oracleInfo -------------------------------------------------------------- */

static enum err feeds_read(struct view *v, const json_t *feeds)
{
	if (!json_is_array(feeds) || json_array_size(feeds) == 0 || json_array_size(feeds) > REPORT_FEEDS_MAX)
		return ERR_SYNTAX;
	v->feed_count = (u16)json_array_size(feeds);
	for (u16 i = 0; i < v->feed_count; i++) {
		const json_t *feed = json_array_get(feeds, i);
		const json_t *text = json_object_get(feed, "description");
		u64 index, venues_min;

		TRY(member_u64(&index, feed, "index"));
		TRY(member_u64(&venues_min, feed, "venuesMin"));
		TRY(member_hash(&v->feeds[i].id, feed, "id"));
		if (index != i || venues_min > 255 || !json_is_string(text))
			return ERR_SYNTAX;
		v->feeds[i].venues_min = (u32)venues_min;
		snprintf(v->feeds[i].description, VIEW_DESCRIPTION_MAX, "%s", json_string_value(text));
	}
	return OK;
}

static enum err reporters_read(struct view *v, const json_t *reporters)
{
	if (!json_is_array(reporters) || json_array_size(reporters) > REPORT_REPORTERS_MAX)
		return ERR_SYNTAX;
	v->reporter_count = (u16)json_array_size(reporters);
	for (u16 i = 0; i < v->reporter_count; i++) {
		const json_t *reporter = json_array_get(reporters, i);

		TRY(address_read(&v->reporters[i], json_object_get(reporter, "address")));
	}
	return OK;
}

static enum err answer_read(struct view *v, const json_t *answer)
{
	TRY(member_u64(&v->head_time, answer, "headTime"));
	TRY(member_u64(&v->period, answer, "period"));
	TRY(member_u64(&v->set_id, answer, "setId"));
	TRY(member_u64(&v->last_round, answer, "lastRound"));
	TRY(member_u64(&v->domain.chain_id, answer, "chainId"));
	TRY(member_hash(&v->domain.salt, answer, "salt"));
	TRY(member_hash(&v->domain.set_digest, answer, "setDigest"));
	TRY(address_read(&v->domain.aggregator, json_object_get(answer, "aggregator")));
	TRY(reporters_read(v, json_object_get(answer, "reporters")));
	return feeds_read(v, json_object_get(answer, "feeds"));
}

static void error_say(char why[VIEW_WHY_MAX], const json_t *error)
{
	const char *message = json_string_value(json_object_get(error, "message"));

	snprintf(why, VIEW_WHY_MAX, "%s", message ? message : "the node gives no reason");
}

/* The call's result, or NULL and why. */
static json_t *call(char why[VIEW_WHY_MAX], bool *transport, struct rpc_client *rpc, const char *method,
		    json_t *params)
{
	json_t *error = NULL, *result = rpc_call(rpc, &error, method, params);

	if (!result) {
		*transport = json_integer_value(json_object_get(error, "code")) == 0;
		error_say(why, error);
		json_decref(error);
	}
	return result;
}

enum err view_read(struct view *out, char why[VIEW_WHY_MAX], struct rpc_client *rpc)
{
	bool transport = false;
	json_t *answer = call(why, &transport, rpc, "plimsoll_oracleInfo", NULL);
	struct view v = { 0 };
	enum err e;

	if (!answer)
		return transport ? ERR_IO : ERR_SYNTAX;
	e = answer_read(&v, answer);
	json_decref(answer);
	if (e != OK) {
		snprintf(why, VIEW_WHY_MAX, "plimsoll_oracleInfo does not answer as this program expects");
		return ERR_SYNTAX;
	}
	*out = v;
	return OK;
}

enum err report_submit(char why[VIEW_WHY_MAX], struct rpc_client *rpc, const u8 *wire, size_t size)
{
	static char text[2 * REPORT_SIZE_MAX + 3];
	bool transport = false;
	json_t *answer;

	hex_from_bytes(text, (struct bytes){ wire, size });
	answer = call(why, &transport, rpc, "plimsoll_submitReport", json_pack("[s]", text));
	if (answer) {
		json_decref(answer);
		return OK;
	}
	if (transport)
		return ERR_IO;
	return strstr(why, err_text(ERR_ORACLE_STALE)) ? ERR_ORACLE_STALE : ERR_RANGE;
}
