#include "oracle/envelope.h"

#include <assert.h>
#include <string.h>

static const u8 MAGIC[4] = { 'O', 'R', 'A', '1' };
enum { AT_SET = 4,
       AT_ROUND = 12,
       AT_BITMAP = 20 };
static_assert(AT_BITMAP + 8 == ENVELOPE_HEAD_SIZE, "wire layout");
static_assert(REPORT_REPORTERS_MAX == 64, "the bitmap has a bit for each reporter");

/* Takes the report of reporter from the front of rest. */
static enum err report_take(struct bytes *out, struct bytes *rest, const struct envelope *frame,
			    u32 reporter)
{
	struct report report;
	size_t taken;

	TRY(report_decode(&report, &taken, *rest));
	if (report.reporter != reporter)
		return ERR_ORDER;
	if (report.set_id != frame->set_id)
		return ERR_ORACLE_SET;
	if (report.round != frame->round)
		return ERR_ORACLE_ROUND;
	*out = (struct bytes){ rest->at, taken };
	*rest = (struct bytes){ rest->at + taken, rest->size - taken };
	return OK;
}

enum err envelope_decode(struct envelope *out, struct bytes in)
{
	struct envelope e = { 0 };
	struct bytes rest;

	if (in.size < ENVELOPE_HEAD_SIZE)
		return ERR_TRUNCATED;
	if (memcmp(in.at, MAGIC, sizeof MAGIC) != 0)
		return ERR_SYNTAX;
	e.set_id = load_be64(in.at + AT_SET);
	e.round = load_be64(in.at + AT_ROUND);
	e.bitmap = load_be64(in.at + AT_BITMAP);
	if (e.bitmap == 0)
		return ERR_RANGE;
	rest = (struct bytes){ in.at + ENVELOPE_HEAD_SIZE, in.size - ENVELOPE_HEAD_SIZE };
	for (u32 i = 0; i < REPORT_REPORTERS_MAX; i++) {
		if (!(e.bitmap >> i & 1))
			continue;
		TRY(report_take(&e.reports[e.count], &rest, &e, i));
		e.count++;
	}
	if (rest.size != 0)
		return ERR_TRAILING;
	*out = e;
	return OK;
}

size_t envelope_encode(u8 *out, size_t capacity, u64 set_id, u64 round, const struct bytes *reports,
		       const u8 *reporters, size_t count)
{
	size_t size = ENVELOPE_HEAD_SIZE;
	u64 bitmap = 0;

	for (size_t i = 0; i < count; i++) {
		assert(reporters[i] < REPORT_REPORTERS_MAX);
		assert(i == 0 || reporters[i - 1] < reporters[i]);
		bitmap |= (u64)1 << reporters[i];
		size += reports[i].size;
	}
	if (size > capacity)
		return 0;
	memcpy(out, MAGIC, sizeof MAGIC);
	store_be64(out + AT_SET, set_id);
	store_be64(out + AT_ROUND, round);
	store_be64(out + AT_BITMAP, bitmap);
	out += ENVELOPE_HEAD_SIZE;
	for (size_t i = 0; i < count; i++) {
		memcpy(out, reports[i].at, reports[i].size);
		out += reports[i].size;
	}
	return size;
}
