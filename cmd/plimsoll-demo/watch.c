#include "cmd/plimsoll-demo/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "contracts-native/dispatch/address.h"
#include "contracts-native/dispatch/names.h"

#define PRICE_DECIMALS 8
#define LOG_WORDS_MAX  8

void watch_init(struct watch *w, struct rpc_client *rpc, struct people *people, struct board *board,
		const struct terms terms[ASSET_COUNT])
{
	*w = (struct watch){
		.rpc = rpc,
		.people = people,
		.board = board,
		.terms = terms,
		.next = 1,
	};
}

/* -- reading JSON ------------------------------------------------------------------------- */

static bool get_u64(u64 *out, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) &&
	       hex_to_u64(out, json_string_value(value), json_string_length(value)) == OK;
}

static bool get_address(struct address *out, const json_t *value)
{
	return json_is_string(value) &&
	       hex_to_address(out, json_string_value(value), json_string_length(value)) == OK;
}

/* An event: its words in order of topics, then data. */
struct event {
	struct address emitter;
	struct hash topic;
	struct u256 words[3 + LOG_WORDS_MAX];
	u32 topic_words;
};

static bool event_parse(struct event *e, const json_t *log)
{
	const json_t *topics = json_object_get(log, "topics"), *data = json_object_get(log, "data"),
		     *topic;
	u8 bytes[32 * LOG_WORDS_MAX];
	size_t i, size = 0;
	struct hash word;

	memset(e, 0, sizeof *e);
	if (!get_address(&e->emitter, json_object_get(log, "address")) ||
	    json_array_size(topics) > 4)
		return false;
	json_array_foreach(topics, i, topic)
	{
		if (!json_is_string(topic) ||
		    hex_to_hash(&word, json_string_value(topic), json_string_length(topic)) != OK)
			return false;
		if (i == 0)
			e->topic = word;
		else
			e->words[e->topic_words++] = u256_from_be(word.bytes);
	}
	if (!json_is_string(data) ||
	    hex_to_bytes(bytes, &size, sizeof bytes, json_string_value(data),
			 json_string_length(data)) != OK)
		return json_array_size(topics) > 0; /* longer than what is looked at here */
	for (i = 0; i < size / 32; i++)
		e->words[e->topic_words + i] = u256_from_be(bytes + 32 * i);
	return true;
}

static bool event_is(const struct event *e, enum event_name name)
{
	return hash_cmp(&e->topic, &event_info(name)->topic) == 0;
}

static struct address word_address(const struct u256 *word)
{
	struct address a;
	u8 bytes[32];

	u256_to_be(bytes, word);
	memcpy(a.bytes, bytes + 12, sizeof a.bytes);
	return a;
}

/* The asset whose token has that address; ASSET_COUNT if none. */
static enum asset word_asset(const struct u256 *word)
{
	struct address a = word_address(word);
	struct contract_id id = contract_of(&a);

	return id.kind == CONTRACT_TOKEN && id.index < ASSET_COUNT ? (enum asset)id.index
								   : ASSET_COUNT;
}

/* -- events ------------------------------------------------------------------------------------ */

static void on_answer(struct watch *w, const struct event *e)
{
	struct contract_id id = contract_of(&e->emitter);

	if (id.kind != CONTRACT_FEED || id.index >= ASSET_COUNT)
		return;
	w->board->reserves[id.index].price = token_count(&e->words[0], PRICE_DECIMALS);
	if (id.index == ASSET_WETH)
		w->board->price_time = w->board->time;
}

/* LiquidationCall(collateral, debt, user; covered, seized, liquidator, receive) */
static void on_liquidation(struct watch *w, const struct event *e, u64 height)
{
	const struct reserve_row *rows = w->board->reserves;
	struct liquidation_row l = {
		.collateral = word_asset(&e->words[0]),
		.debt = word_asset(&e->words[1]),
		.borrower = word_address(&e->words[2]),
		.height = height,
	};
	struct person *person;

	if (l.collateral == ASSET_COUNT || l.debt == ASSET_COUNT)
		return;
	l.covered = token_count(&e->words[3], w->terms[l.debt].decimals);
	l.seized = token_count(&e->words[4], w->terms[l.collateral].decimals);
	l.covered_usd = l.covered * rows[l.debt].price;
	l.seized_usd = l.seized * rows[l.collateral].price;
	board_add_liquidation(w->board, &l);
	person = people_find(w->people, &l.borrower);
	if (person)
		person->is_stale = true;
}

/* DeficitCreated(user, debt; amount) */
static void on_deficit(struct watch *w, const struct event *e)
{
	enum asset debt = word_asset(&e->words[1]);

	if (debt == ASSET_COUNT)
		return;
	w->board->deficits_created++;
	w->board->bad_debt_usd += token_count(&e->words[2], w->terms[debt].decimals) *
				  w->board->reserves[debt].price;
}

static enum err watch_log(struct watch *w, const json_t *log, u64 height)
{
	struct event e;

	if (!event_parse(&e, log))
		return ERR_SYNTAX;
	if (event_is(&e, EVENT_AnswerUpdated))
		on_answer(w, &e);
	else if (event_is(&e, EVENT_RoundAccepted))
		w->board->oracle_rounds++;
	else if (event_is(&e, EVENT_LiquidationCall))
		on_liquidation(w, &e, height);
	else if (event_is(&e, EVENT_DeficitCreated))
		on_deficit(w, &e);
	return OK;
}

enum err watch_receipts(struct watch *w, const json_t *receipts, u64 height, json_t *failed)
{
	struct address from;
	struct person *person;
	json_t *receipt, *log;
	size_t i, j;
	u64 status;

	if (!json_is_array(receipts))
		return ERR_SYNTAX;
	json_array_foreach(receipts, i, receipt)
	{
		if (!get_u64(&status, receipt, "status") ||
		    !get_address(&from, json_object_get(receipt, "from")))
			return ERR_SYNTAX;
		person = people_find(w->people, &from);
		w->board->transactions++;
		w->board->failed += status == 0;
		if (person && person->waiting > 0)
			person->waiting--;
		if (status == 0 && json_array_append(failed, receipt) != 0)
			return ERR_FULL;
		json_array_foreach(json_object_get(receipt, "logs"), j, log)
			TRY(watch_log(w, log, height));
	}
	return OK;
}

/* -- why transactions failed -------------------------------------------------------------------- */

static const char *revert_text(const json_t *error)
{
	const char *data = json_string_value(json_object_get(error, "data"));
	const char *message = json_string_value(json_object_get(error, "message"));
	u8 selector[4];

	if (data && strlen(data) >= 10 && hex_to_fixed(selector, 4, data, 10) == OK) {
		for (u32 i = 0; i < REVERT_NAME_COUNT; i++) {
			if (revert_info((enum revert_name)i)->selector == load_be32(selector))
				return revert_info((enum revert_name)i)->signature;
		}
	}
	return message ? message : "no answer";
}

/* A receipt does not say why.  The same call against the state after its block nearly always
 * fails for the same reason. */
static enum err explain(struct watch *w, const json_t *receipt)
{
	json_t *error = NULL, *tx, *result;

	tx = rpc_call(w->rpc, NULL, "eth_getTransactionByHash",
		      json_pack("[O]", json_object_get(receipt, "transactionHash")));
	if (!tx)
		return ERR_IO;
	result = rpc_call(
		w->rpc, &error, "eth_call",
		json_pack("[{s:O, s:O, s:O, s:O}, O]", "from", json_object_get(tx, "from"), "to",
			  json_object_get(tx, "to"), "gas", json_object_get(tx, "gas"), "data",
			  json_object_get(tx, "input"), json_object_get(receipt, "blockNumber")));
	tally_add(&w->board->failures,
		  result ? "fails no more after its block" : revert_text(error));
	json_decref(tx);
	json_decref(result);
	json_decref(error);
	return OK;
}

static enum err explain_all(struct watch *w, const json_t *failed)
{
	json_t *receipt;
	size_t i;

	json_array_foreach(failed, i, receipt)
	{
		if (i < WATCH_REASONS_MAX)
			TRY(explain(w, receipt));
		else
			tally_add(&w->board->failures, "not looked into");
	}
	return OK;
}

/* -- blocks -------------------------------------------------------------------------------------- */

/* Transactions a second since the oldest block in the window. */
static void count_speed(struct watch *w, double wall)
{
	u32 last = WATCH_WINDOW - 1;

	memmove(w->window, w->window + 1, last * sizeof w->window[0]);
	w->window[last].wall = wall;
	w->window[last].transactions = w->board->transactions;
	if (w->window_count < WATCH_WINDOW)
		w->window_count++;
	last = WATCH_WINDOW - w->window_count;
	if (wall > w->window[last].wall)
		w->board->tps = (double)(w->board->transactions - w->window[last].transactions) /
				(wall - w->window[last].wall);
}

static json_t *blocks_request(u64 first, u64 count)
{
	json_t *calls = json_array();
	char height[HEX_QUANTITY_MAX];

	for (u64 i = 0; i < count; i++) {
		(void)hex_from_u64(height, first + i);
		json_array_append_new(calls,
				      json_pack("[s, [s, b]]", "eth_getBlockByNumber", height, 0));
		json_array_append_new(calls, json_pack("[s, [s]]", "eth_getBlockReceipts", height));
	}
	return calls;
}

static enum err watch_some(struct watch *w, u64 count, json_t *failed)
{
	json_t *calls = blocks_request(w->next, count);
	json_t *results = rpc_batch(w->rpc, NULL, calls);
	enum err e = json_array_size(results) == 2 * count ? OK : ERR_IO;

	for (u64 i = 0; e == OK && i < count; i++) {
		if (!get_u64(&w->board->time, json_array_get(results, 2 * i), "timestamp"))
			e = ERR_IO;
		if (e == OK)
			e = watch_receipts(w, json_array_get(results, 2 * i + 1), w->next, failed);
		w->board->height = w->next;
		w->next++;
	}
	json_decref(calls);
	json_decref(results);
	return e;
}

enum err watch_blocks(struct watch *w, double wall)
{
	json_t *answer = rpc_call(w->rpc, NULL, "eth_blockNumber", NULL);
	json_t *failed = json_array();
	u64 head = 0;
	enum err e = ERR_IO;

	if (json_is_string(answer))
		e = hex_to_u64(&head, json_string_value(answer), json_string_length(answer));
	while (e == OK && w->next <= head) {
		u64 count = head + 1 - w->next;

		e = watch_some(w, count < WATCH_BLOCKS_MAX ? count : WATCH_BLOCKS_MAX, failed);
		count_speed(w, wall);
	}
	if (e == OK)
		e = explain_all(w, failed);
	json_decref(answer);
	json_decref(failed);
	return e;
}
