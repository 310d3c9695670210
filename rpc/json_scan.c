#include "rpc/json_scan.h"

#include <assert.h>
#include <string.h>

/* The walk: where it is, and how deep. */
struct walk {
	const u8 *at, *end;
	unsigned depth;
	unsigned request_depth; /* depth inside a request object: 1, or 2 in a batch */
	bool is_done;           /* the root has ended */
	bool is_request;        /* the object at request_depth is a request */
};

static bool is_space(u8 c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void walk_spaces(struct walk *walk)
{
	while (walk->at < walk->end && is_space(*walk->at))
		walk->at++;
}

/* A string from its opening quote; at ends behind the closing one. */
static struct bytes walk_string(struct walk *walk)
{
	const u8 *first = walk->at++;

	while (walk->at < walk->end && *walk->at != '"') {
		if (*walk->at == '\\' && walk->end - walk->at > 1)
			walk->at++;
		walk->at++;
	}
	if (walk->at < walk->end)
		walk->at++;
	return (struct bytes){ first, (size_t)(walk->at - first) };
}

/* A number, a string or a literal behind a key. */
static struct bytes walk_scalar(struct walk *walk)
{
	const u8 *first;

	walk_spaces(walk);
	first = walk->at;
	if (walk->at < walk->end && *walk->at == '"')
		return walk_string(walk);
	while (walk->at < walk->end && !is_space(*walk->at) && !memchr(",:]}[{\"", *walk->at, 7))
		walk->at++;
	return (struct bytes){ first, (size_t)(walk->at - first) };
}

/* A string in the text: if it is the key "id" of a request, notes what follows. */
static void walk_key(struct walk *walk, struct json_scan *scan)
{
	static const struct bytes id = { (const u8 *)"\"id\"", 4 };
	struct bytes text = walk_string(walk);

	if (!walk->is_request || walk->depth != walk->request_depth || !bytes_equal(text, id))
		return;
	walk_spaces(walk);
	if (walk->at == walk->end || *walk->at != ':')
		return;
	walk->at++;
	assert(scan->count > 0);
	scan->ids[scan->count - 1] = walk_scalar(walk);
}

static enum err walk_open(struct walk *walk)
{
	bool is_object = *walk->at++ == '{';

	if (++walk->depth > JSON_DEPTH_MAX)
		return ERR_DEPTH;
	if (walk->depth == walk->request_depth)
		walk->is_request = is_object;
	return OK;
}

/* Counts a batch's next element. */
static enum err scan_next(struct json_scan *scan)
{
	if (scan->count == scan->capacity)
		return ERR_SIZE;
	scan->ids[scan->count++] = (struct bytes){ NULL, 0 };
	return OK;
}

/* A batch with anything in it has one element more than commas at depth 1. */
static enum err walk_batch_start(struct walk *walk, struct json_scan *scan)
{
	walk->at++;
	walk->depth = 1;
	walk_spaces(walk);
	if (walk->at < walk->end && *walk->at != ']')
		return scan_next(scan);
	return OK;
}

static enum err walk_step(struct walk *walk, struct json_scan *scan)
{
	switch (*walk->at) {
	case '"':
		walk_key(walk, scan);
		return OK;
	case '{':
	case '[':
		return walk_open(walk);
	case '}':
	case ']':
		walk->at++;
		walk->is_done = walk->depth <= 1;
		walk->depth -= walk->depth > 0;
		return OK;
	case ',':
		walk->at++;
		return scan->is_batch && walk->depth == 1 ? scan_next(scan) : OK;
	default:
		walk->at++;
		return OK;
	}
}

enum err json_scan_run(struct json_scan *scan, struct bytes text)
{
	struct walk walk = { .at = text.at, .end = text.at + text.size, .request_depth = 1 };

	assert(scan->capacity > 0);
	scan->count = 0;
	walk_spaces(&walk);
	scan->is_batch = walk.at < walk.end && *walk.at == '[';
	if (scan->is_batch) {
		walk.request_depth = 2;
		TRY(walk_batch_start(&walk, scan));
	} else {
		TRY(scan_next(scan));
	}
	/* What follows the root is not looked at: the parser refuses it. */
	while (walk.at < walk.end && !walk.is_done)
		TRY(walk_step(&walk, scan));
	return OK;
}
