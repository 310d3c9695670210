#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/abi.h"
#include "base/hash.h"
#include "contracts-native/dispatch/names.h"

static void every_custom_error_has_the_selector_of_its_signature(void **unused)
{
	(void)unused;
	for (u32 i = 0; i < REVERT_NAME_COUNT; i++) {
		const struct revert_info *info = revert_info((enum revert_name)i);

		if (info->selector != selector_of(info->signature))
			fail_msg("%s: %08x", info->signature, selector_of(info->signature));
	}
}

static void every_event_has_the_topic_of_its_signature(void **unused)
{
	(void)unused;
	for (u32 i = 0; i < EVENT_NAME_COUNT; i++) {
		const struct event_info *info = event_info((enum event_name)i);
		struct hash topic;

		keccak256(&topic, (struct bytes){ (const u8 *)info->signature, strlen(info->signature) });
		if (hash_cmp(&topic, &info->topic))
			fail_msg("%s", info->signature);
	}
}

static void every_signature_parses_and_counts_its_parameters(void **unused)
{
	struct abi_types types;

	(void)unused;
	for (u32 i = 0; i < REVERT_NAME_COUNT; i++) {
		const struct revert_info *info = revert_info((enum revert_name)i);

		assert_int_equal(abi_parse(&types, info->signature), OK);
		assert_int_equal(types.nodes[0].count, info->count);
	}
	for (u32 i = 0; i < EVENT_NAME_COUNT; i++) {
		const struct event_info *info = event_info((enum event_name)i);

		assert_int_equal(abi_parse(&types, info->signature), OK);
		assert_int_equal(types.nodes[0].count, info->count);
		assert_int_equal(info->indexed >> types.nodes[0].count, 0);
		assert_true(__builtin_popcount(info->indexed) <= 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_custom_error_has_the_selector_of_its_signature),
		cmocka_unit_test(every_event_has_the_topic_of_its_signature),
		cmocka_unit_test(every_signature_parses_and_counts_its_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
