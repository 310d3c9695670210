#include "rpc/objects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rlp.h"

/* What no chain of the other tests has: old fees, access lists, a tip. */

static struct json_writer writer;

static json_t *shown(const struct tx *tx, struct tx_place place)
{
	json_t *parsed;

	jw_clear(&writer);
	tx_object(&writer, NULL, tx, place);
	assert_false(jw_is_full(&writer));
	parsed = json_loadb(writer.at, writer.size, 0, NULL);
	assert_non_null(parsed);
	return parsed;
}

static void assert_text(const json_t *object, const char *key, const char *text)
{
	assert_string_equal(json_string_value(json_object_get(object, key)), text);
}

static struct tx a_tx(enum tx_type type)
{
	return (struct tx){
		.type = type,
		.y_parity = 1,
		.chain_id = 20260,
		.gas_limit = 50000,
		.max_fee = u256_from_u64(3000000000),
		.max_tip = u256_from_u64(type == TX_DYNAMIC_FEE ? 1 : 3000000000),
		.r = u256_from_u64(10),
		.s = u256_from_u64(11),
	};
}

static void a_legacy_transaction_has_an_eip_155_v_and_no_list(void **unused)
{
	struct tx tx = a_tx(TX_LEGACY);
	json_t *object = shown(&tx, (struct tx_place){ NULL, 0 });

	(void)unused;
	assert_text(object, "type", "0x0");
	assert_text(object, "v", "0x9e6c"); /* 35 + 2 * 20260 + 1 */
	assert_text(object, "gasPrice", "0xb2d05e00");
	assert_text(object, "r", "0xa");
	assert_text(object, "s", "0xb");
	assert_null(json_object_get(object, "yParity"));
	assert_null(json_object_get(object, "accessList"));
	assert_null(json_object_get(object, "maxFeePerGas"));
	assert_true(json_is_null(json_object_get(object, "blockTimestamp")));
	json_decref(object);
}

/* [[address, [key, key]], [address, []]], without its own header. */
static struct bytes two_entries(u8 *buffer, size_t capacity)
{
	struct rlp_writer w;
	struct bytes whole;
	u8 item[32];

	rlp_writer_init(&w, buffer, capacity);
	for (u8 i = 0; i < 2; i++) {
		size_t entry = rlp_list_open(&w), keys;

		memset(item, 0x10 + i, sizeof item);
		rlp_write_string(&w, (struct bytes){ item, 20 });
		keys = rlp_list_open(&w);
		for (u8 k = 0; i == 0 && k < 2; k++) {
			memset(item, k, sizeof item);
			rlp_write_string(&w, (struct bytes){ item, 32 });
		}
		rlp_list_close(&w, keys);
		rlp_list_close(&w, entry);
	}
	assert_int_equal(rlp_writer_end(&w, &whole), OK);
	return whole;
}

static void an_access_list_is_shown_entry_by_entry(void **unused)
{
	struct tx tx = a_tx(TX_ACCESS_LIST);
	u8 buffer[300];
	json_t *object;
	char *list;

	(void)unused;
	tx.access_list = two_entries(buffer, sizeof buffer);
	object = shown(&tx, (struct tx_place){ NULL, 0 });
	list = json_dumps(json_object_get(object, "accessList"), JSON_COMPACT);
	assert_string_equal(list, "[{\"address\":\"0x1010101010101010101010101010101010101010\",\"storageKeys\":["
				  "\"0x0000000000000000000000000000000000000000000000000000000000000000\","
				  "\"0x0101010101010101010101010101010101010101010101010101010101010101\"]},"
				  "{\"address\":\"0x1111111111111111111111111111111111111111\",\"storageKeys\":[]}]");
	assert_text(object, "type", "0x1");
	assert_text(object, "v", "0x1");
	assert_text(object, "yParity", "0x1");
	assert_null(json_object_get(object, "maxFeePerGas"));
	free(list);
	json_decref(object);
}

static void the_price_is_what_was_paid_once_it_is_in_a_block(void **unused)
{
	struct stored_block block = { .header = { .number = 7, .time = 9, .base_fee = u256_from_u64(1000) } };
	struct tx tx = a_tx(TX_DYNAMIC_FEE);
	json_t *object = shown(&tx, (struct tx_place){ &block, 3 });

	(void)unused;
	assert_text(object, "gasPrice", "0x3e9");
	assert_text(object, "maxFeePerGas", "0xb2d05e00");
	assert_text(object, "maxPriorityFeePerGas", "0x1");
	assert_text(object, "blockNumber", "0x7");
	assert_text(object, "blockTimestamp", "0x9");
	assert_text(object, "transactionIndex", "0x3");
	json_decref(object);
	object = shown(&tx, (struct tx_place){ NULL, 0 });
	assert_text(object, "gasPrice", "0xb2d05e00");
	json_decref(object);
}

static int start(void **unused)
{
	(void)unused;
	jw_init(&writer, 1 << 16);
	return 0;
}

static int stop(void **unused)
{
	(void)unused;
	jw_free(&writer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_legacy_transaction_has_an_eip_155_v_and_no_list),
		cmocka_unit_test(an_access_list_is_shown_entry_by_entry),
		cmocka_unit_test(the_price_is_what_was_paid_once_it_is_in_a_block),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
