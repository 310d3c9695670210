#include "rpc/subscribe.h"
#include "rpc/methods.h"
#include "rpc/queued.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_AT_ONCE 256 /* queued transactions told of in one turn */

static void subscription_free(struct subscription *s)
{
	free(s->wants);
	free(s);
}

void subscriber_free(struct subscriber *s)
{
	while (s->first) {
		struct subscription *gone = s->first;

		s->first = gone->next;
		subscription_free(gone);
	}
	s->count = s->pending_count = 0;
}

/* -- notifications ---------------------------------------------------------------- */

void notify_begin(struct rpc *c, struct subscription *s)
{
	char id[FILTER_ID_TEXT];

	filter_id_text(id, s->id);
	jw_clear(&c->out);
	c->out.limit = c->config->response_max;
	jw_object(&c->out, NULL);
	jw_text(&c->out, "jsonrpc", "2.0");
	jw_text(&c->out, "method", s->stream->method);
	jw_object(&c->out, "params");
	jw_text(&c->out, "subscription", id);
}

void notify_end(struct rpc *c, struct subscription *s)
{
	jw_end(&c->out);
	jw_end(&c->out);
	if (!jw_is_full(&c->out))
		s->owner->send(s->owner, (struct bytes){ (const u8 *)c->out.at, c->out.size });
	if (s->note && !jw_is_full(&c->out))
		text_put(s->note, "%.*s\n", (int)c->out.size, c->out.at);
	s->index++;
	jw_clear(&c->out);
}

/* -- Ethereum's kinds --------------------------------------------------------------- */

static enum rpc_code heads_block(struct rpc *c, struct subscription *s, u64 height)
{
	enum err e = rpc_header(c, height);

	if (e != OK)
		return rpc_fail_err(c, e);
	notify_begin(c, s);
	header_object(&c->out, RESULT, &c->last_header.header, &c->last_header.hash);
	notify_end(c, s);
	return RPC_OK;
}

static enum rpc_code logs_begin(struct rpc *c, struct subscription *s)
{
	struct log_filter criteria;

	RPC_TRY(log_filter_read_open(c, &criteria, param(c, 1)));
	s->wants = log_filter_copy(&criteria);
	return s->wants ? RPC_OK : rpc_fail(c, RPC_SERVER, "out of memory");
}

static void send_log(struct rpc *c, void *subscription, const struct log *log, const struct log_place *place)
{
	struct subscription *s = subscription;

	notify_begin(c, s);
	log_object(&c->out, RESULT, log, place);
	notify_end(c, s);
}

static enum rpc_code logs_block(struct rpc *c, struct subscription *s, u64 height)
{
	const struct log_filter *f = s->wants;

	return height <= f->to ? log_filter_walk(c, f, height, send_log, s) : RPC_OK;
}

static void logs_undo(struct rpc *c, struct subscription *s, const struct stored_block *b)
{
	const struct log_filter *f = s->wants;

	if (b->header.number <= f->to)
		log_filter_walk_undone(c, f, b, send_log, s);
}

static enum rpc_code pending_begin(struct rpc *c, struct subscription *s)
{
	s->at = node_pending_next(c->node);
	return param(c, 1) ? param_bool(c, &s->is_full, 1) : RPC_OK;
}

static void send_pending(struct rpc *c, struct subscription *s, const struct hash *hash)
{
	static _Thread_local u8 raw[TX_SIZE_MAX];

	notify_begin(c, s);
	if (!s->is_full)
		jw_hash(&c->out, RESULT, hash);
	else if (!queued_object(c, RESULT, raw, hash))
		return;
	notify_end(c, s);
}

static enum rpc_code pending_block(struct rpc *c, struct subscription *s, u64 unused)
{
	struct hash hashes[PENDING_AT_ONCE];
	u64 missed;
	u32 count = node_pending_read(c->node, hashes, PENDING_AT_ONCE, &s->at, &missed);

	(void)unused;
	if (missed > 0)
		return rpc_fail(c, RPC_SERVER, "too slow: %" PRIu64 " transactions missed", missed);
	for (u32 i = 0; i < count; i++)
		send_pending(c, s, &hashes[i]);
	return RPC_OK;
}

static enum rpc_code syncing_begin(struct rpc *c, struct subscription *s)
{
	(void)c;
	s->at = s->replay_until;
	return RPC_OK;
}

/* A node is never behind: it says so once, at the block that was the head. */
static enum rpc_code syncing_block(struct rpc *c, struct subscription *s, u64 height)
{
	if (height != s->replay_until)
		return RPC_OK;
	s->replay_until = 0;
	notify_begin(c, s);
	jw_bool(&c->out, RESULT, false);
	notify_end(c, s);
	return RPC_OK;
}

#define ETH "eth_subscription"

/* name, method of notifications, reads parameters, notifies of a block, of one taken back, is about the pool, replay */
static const struct stream ETH_STREAMS[] = {
	{ "newHeads", ETH, NULL, heads_block, NULL, false, REPLAY_NONE, NULL },
	{ "logs", ETH, logs_begin, logs_block, logs_undo, false, REPLAY_NONE, NULL },
	{ "newPendingTransactions", ETH, pending_begin, pending_block, NULL, true, REPLAY_NONE, NULL },
	{ "syncing", ETH, syncing_begin, syncing_block, NULL, false, REPLAY_NONE, NULL },
};

static const struct stream *const PLIMSOLL_STREAMS[] = {
	&STREAM_HEALTH_BANDS,
	&STREAM_PRICES,
	&STREAM_MARKETS,
	&STREAM_LIQUIDATIONS,
};

/* -- pulling ---------------------------------------------------------------------------- */

/* A development chain went back: what it told of is taken back, the newest first, and the blocks that
 * stand there now are to be told of. */
static void take_back(struct rpc *c, struct subscription *s)
{
	for (u64 count = dev_undone_count(c->dev); s->undone < count; s->undone++) {
		const struct stored_block *b = dev_undone(c->dev, s->undone);

		if (!b || b->header.number >= s->at)
			continue;
		if (s->stream->undo)
			s->stream->undo(c, s, b);
		s->at = b->header.number;
	}
}

/* What a kind without parameters told of a block: the same for everybody, but for the id. */
struct told {
	struct told *next;
	const struct stream *stream;
	u64 height, reverts; /* height 0: nothing whole */
	struct text lines;   /* a notification each */
};

void told_free(struct told *t)
{
	struct told *next;

	for (; t; t = next) {
		next = t->next;
		free(t->lines.at);
		free(t);
	}
}

/* NULL: it has parameters, or there is no memory. */
static struct told *told_of(struct rpc *c, const struct stream *stream)
{
	struct told **t = &c->told;

	if (stream->begin)
		return NULL;
	while (*t && (*t)->stream != stream)
		t = &(*t)->next;
	if (!*t && (*t = calloc(1, sizeof **t)))
		(*t)->stream = stream;
	return *t;
}

/* Ids are all of one size. */
static void tell_again(struct subscription *s, struct told *t)
{
	char id[FILTER_ID_TEXT];

	filter_id_text(id, s->id);
	for (size_t at = 0, size; at < t->lines.size; at += size + 1) {
		char *line = t->lines.at + at;

		size = strcspn(line, "\n");
		memcpy(strstr(line, "\"0x") + 1, id, sizeof id - 1);
		s->owner->send(s->owner, (struct bytes){ (u8 *)line, size });
	}
}

static enum rpc_code tell(struct rpc *c, struct subscription *s)
{
	struct told *t = told_of(c, s->stream);

	if (t && t->height == s->at && t->reverts == c->dev_reverts) {
		tell_again(s, t);
		return RPC_OK;
	}
	if (t)
		t->lines.size = t->height = 0;
	s->note = t ? &t->lines : NULL;
	RPC_TRY(s->stream->block(c, s, s->at));
	if (t && !t->lines.full) {
		t->height = s->at;
		t->reverts = c->dev_reverts;
	}
	return RPC_OK;
}

/* Live, whoever has not read what was queued before the next block comes is cut off;
 * in a replay, which is as fast as the node can, the replay waits. */
static enum advance advance_one(struct rpc *c, struct subscription *s, u64 head)
{
	bool is_pending = s->stream->is_pending;
	size_t queued = s->owner->queued(s->owner);
	u64 end = is_pending ? node_pending_next(c->node) : head + 1;

	if (!is_pending)
		take_back(c, s);
	if (s->at >= end)
		return ADVANCE_DONE;
	if (!is_pending && s->at <= s->replay_until && queued > c->config->ws_queue_max / 4)
		return ADVANCE_LATER;
	if (queued > c->config->ws_queue_max) {
		(void)rpc_fail(c, RPC_SERVER, "too slow: %zu bytes were not read", queued);
		return ADVANCE_CUT_OFF;
	}
	c->scratch_size = 0;
	s->index = 0;
	if (tell(c, s) != RPC_OK)
		return ADVANCE_CUT_OFF;
	s->at += !is_pending;
	return s->at < end ? ADVANCE_MORE : ADVANCE_DONE;
}

enum advance subscriber_advance(struct rpc *c, struct subscriber *s, u64 head)
{
	enum advance all = ADVANCE_DONE;

	c->deadline_us = rpc_deadline(c->config);
	for (struct subscription *x = s->first; x; x = x->next) {
		enum advance one = advance_one(c, x, head);

		if (one == ADVANCE_CUT_OFF)
			return one;
		if (one == ADVANCE_MORE || all == ADVANCE_DONE)
			all = one;
	}
	return all;
}

/* -- methods ------------------------------------------------------------------------------- */

static enum rpc_code subscribe_to(struct rpc *c, const struct stream *stream)
{
	struct subscriber *owner = c->subscriber;
	struct subscription *s;
	char id[FILTER_ID_TEXT];
	enum rpc_code code = RPC_OK;

	if (owner->count >= SUBSCRIPTIONS_MAX)
		return rpc_fail(c, RPC_SERVER, "too many subscriptions: limited to %d a connection", SUBSCRIPTIONS_MAX);
	s = calloc(1, sizeof *s);
	if (!s)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	s->owner = owner;
	s->stream = stream;
	s->replay_until = rpc_head(c);
	s->at = s->replay_until + 1;
	s->undone = dev_undone_count(c->dev);
	filter_id_make(s->id);
	if (stream->replay != REPLAY_NONE)
		code = replay_begin(c, s);
	if (code == RPC_OK && stream->begin)
		code = stream->begin(c, s);
	if (code != RPC_OK) {
		subscription_free(s);
		return code;
	}
	s->next = owner->first;
	owner->first = s;
	owner->count++;
	owner->pending_count += stream->is_pending;
	filter_id_text(id, s->id);
	jw_text(&c->out, RESULT, id);
	return RPC_OK;
}

static enum rpc_code check_subscriber(struct rpc *c)
{
	return c->subscriber ? RPC_OK : rpc_fail(c, RPC_NO_METHOD, "notifications not supported");
}

static const char *stream_name(struct rpc *c)
{
	const json_t *name = param(c, 0);

	return json_is_string(name) ? json_string_value(name) : "";
}

static enum rpc_code eth_subscribe(struct rpc *c)
{
	const char *name = stream_name(c);

	RPC_TRY(check_subscriber(c));
	for (size_t i = 0; i < ARRAY_COUNT(ETH_STREAMS); i++) {
		if (strcmp(ETH_STREAMS[i].name, name) == 0)
			return subscribe_to(c, &ETH_STREAMS[i]);
	}
	return rpc_fail(c, RPC_INVALID_PARAMS, "no \"%.40s\" subscription in eth namespace", name);
}

static enum rpc_code plimsoll_subscribe(struct rpc *c)
{
	const json_t *options = param(c, 1);
	const char *name = stream_name(c);

	RPC_TRY(check_subscriber(c));
	if (options && !json_is_object(options))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 1: options are an object");
	for (size_t i = 0; i < ARRAY_COUNT(PLIMSOLL_STREAMS); i++) {
		if (strcmp(PLIMSOLL_STREAMS[i]->name, name) != 0)
			continue;
		RPC_TRY(value_members(c, options, PLIMSOLL_STREAMS[i]->options));
		return subscribe_to(c, PLIMSOLL_STREAMS[i]);
	}
	return rpc_fail(c, RPC_INVALID_PARAMS, "no \"%.40s\" subscription in plimsoll namespace", name);
}

static enum rpc_code unsubscribe(struct rpc *c)
{
	u8 id[FILTER_ID_SIZE];

	RPC_TRY(check_subscriber(c));
	if (!filter_id_read(id, param(c, 0)))
		return rpc_fail(c, RPC_SERVER, "subscription not found");
	for (struct subscription **link = &c->subscriber->first; *link; link = &(*link)->next) {
		struct subscription *s = *link;

		if (memcmp(s->id, id, sizeof id) != 0)
			continue;
		*link = s->next;
		c->subscriber->count--;
		c->subscriber->pending_count -= s->stream->is_pending;
		subscription_free(s);
		jw_bool(&c->out, RESULT, true);
		return RPC_OK;
	}
	return rpc_fail(c, RPC_SERVER, "subscription not found");
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_subscribe", eth_subscribe, 1, 2, 1, "quantity",
	  "(kind, options) WebSocket only: id of newHeads, logs, newPendingTransactions or syncing" },
	{ "eth_unsubscribe", unsubscribe, 1, 1, 1, "bool", "(id) true" },
	{ "plimsoll_subscribe", plimsoll_subscribe, 1, 2, 20, "quantity",
	  "(kind, options) WebSocket only: id of healthBands, prices, markets or liquidations" },
	{ "plimsoll_unsubscribe", unsubscribe, 1, 1, 1, "bool", "(id) true" },
};

const struct rpc_table ETH_SUBSCRIBE_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
