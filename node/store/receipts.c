#include "node/store/receipts.h"

#include <string.h>

static void u256_put(struct buffer *b, const struct u256 *x)
{
	u8 bytes[32];

	u256_to_be(bytes, x);
	buffer_put(b, (struct bytes){ bytes, sizeof bytes });
}

static struct u256 u256_take(struct fields *f)
{
	u8 bytes[32];

	fields_copy(f, bytes, sizeof bytes);
	return u256_from_be(bytes);
}

static void log_put(struct buffer *b, const struct log *log)
{
	buffer_put(b, (struct bytes){ log->address.bytes, sizeof log->address });
	buffer_put_u8(b, (u8)log->topic_count);
	for (u32 i = 0; i < log->topic_count; i++)
		buffer_put(b, (struct bytes){ log->topics[i].bytes, sizeof log->topics[i] });
	buffer_put_u32(b, (u32)log->data.size);
	buffer_put(b, log->data);
}

static void log_take(struct log *log, struct fields *f)
{
	*log = (struct log){ 0 };
	fields_copy(f, log->address.bytes, sizeof log->address);
	log->topic_count = fields_u8(f);
	if (log->topic_count > LOG_TOPICS_MAX) {
		f->is_short = true;
		return;
	}
	for (u32 i = 0; i < log->topic_count; i++)
		fields_copy(f, log->topics[i].bytes, sizeof log->topics[i]);
	log->data = fields_take(f, fields_u32(f));
}

void receipt_put(struct buffer *b, const struct receipt *r)
{
	buffer_put_u8(b, (u8)r->type);
	buffer_put_u8(b, r->succeeded);
	buffer_put_u16(b, (u16)r->outcome);
	buffer_put_u64(b, r->gas_used);
	buffer_put_u64(b, r->cumulative_gas);
	u256_put(b, &r->gas_price);
	buffer_put_u32(b, (u32)r->output.size);
	buffer_put(b, r->output);
	for (u32 i = 0; i < r->log_count; i++)
		log_put(b, &r->logs[i]);
}

void receipt_take(struct receipt *r, struct fields *f, struct log *logs, u32 log_count)
{
	r->type = (enum tx_type)fields_u8(f);
	r->succeeded = fields_u8(f) == 1;
	r->outcome = (enum err)fields_u16(f);
	r->gas_used = fields_u64(f);
	r->cumulative_gas = fields_u64(f);
	r->gas_price = u256_take(f);
	memset(&r->bloom, 0, sizeof r->bloom);
	r->output = fields_take(f, fields_u32(f));
	r->logs = logs;
	r->log_count = log_count;
	for (u32 i = 0; i < log_count; i++)
		log_take(&logs[i], f);
}
