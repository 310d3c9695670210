#include "contracts-native/chain/block.h"

static void log_encode(struct rlp_writer *w, const struct log *log)
{
	size_t mark = rlp_list_open(w), topics;

	rlp_write_string(w, (struct bytes){ log->address.bytes, sizeof log->address.bytes });
	topics = rlp_list_open(w);
	for (u32 i = 0; i < log->topic_count; i++)
		rlp_write_string(w, (struct bytes){ log->topics[i].bytes, sizeof log->topics[i].bytes });
	rlp_list_close(w, topics);
	rlp_write_string(w, log->data);
	rlp_list_close(w, mark);
}

void receipt_encode(struct rlp_writer *w, const struct receipt *r)
{
	u8 kind = (u8)r->type;
	size_t mark, logs;

	rlp_write_raw(w, (struct bytes){ &kind, r->type != TX_LEGACY });
	mark = rlp_list_open(w);
	rlp_write_u64(w, r->succeeded);
	rlp_write_u64(w, r->cumulative_gas);
	rlp_write_string(w, (struct bytes){ r->bloom.bytes, sizeof r->bloom.bytes });
	logs = rlp_list_open(w);
	for (u32 i = 0; i < r->log_count; i++)
		log_encode(w, &r->logs[i]);
	rlp_list_close(w, logs);
	rlp_list_close(w, mark);
}
