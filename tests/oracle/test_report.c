#include "tests/oracle/oracle_fixture.h"

#define SIZE_OF_TWO (REPORT_HEAD_SIZE + 2 * REPORT_FEED_SIZE + REPORT_SIGNATURE_SIZE)

/* Byte offsets of the first observation and of the signature. */
#define OBS REPORT_HEAD_SIZE
#define SIG (SIZE_OF_TWO - REPORT_SIGNATURE_SIZE)

static size_t a_wire(u8 out[REPORT_SIZE_MAX])
{
	struct report r = a_report();

	report_sign(&r);
	return report_encode(out, &r);
}

static enum err decode(const u8 *at, size_t size)
{
	struct report r;
	size_t taken;

	return report_decode(&r, &taken, (struct bytes){ at, size });
}

/* -- known answers ------------------------------------------------------------------- */

static void the_type_hashes_are_those_of_the_published_types(void **unused)
{
	struct hash h;

	(void)unused;
	h = hash_of_text(REPORT_DOMAIN_TYPE);
	assert_hex(h.bytes, 32, "d87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac56472");
	h = hash_of_text(REPORT_FEED_TYPE);
	assert_hex(h.bytes, 32, "a7445354dcce0bab26f4e9636e63d163b69155052a9498b469a21648137f33d7");
	h = hash_of_text(REPORT_TYPE);
	assert_hex(h.bytes, 32, "2642e1ec922364d7428d97decd7be5d5a00cede53f5da87945c333513ee411fb");
}

static void the_digest_agrees_with_the_vector(void **unused)
{
	struct report r = a_report();
	struct report_domain domain;
	struct hash ids[2], h;

	(void)unused;
	a_domain(&domain, ids);
	report_domain_separator(&h, &domain);
	assert_hex(h.bytes, 32, "315a9f2cb012b41cf05a261fe1effa61dcc682d24cc8f1732d6a18255ca0504e");
	report_struct_hash(&h, &r, &domain.set_digest, ids, 2);
	assert_hex(h.bytes, 32, "2d315ea87c5e04a333100a6a089a0ce7d3ab56787461c1d3d254ab43f3bf30f1");
	report_digest(&h, &r, &domain, ids, 2);
	assert_hex(h.bytes, 32, "05df154f88180567f3e2cbfed2ad20e136dfc4e7db1c46dccb423d4d653ccd79");
}

static void the_signature_agrees_with_the_vector(void **unused)
{
	struct report r = a_report();
	struct report_domain domain;
	struct hash key = reporter_key_of(0), ids[2], digest;
	struct address signer;
	u8 word[32];

	(void)unused;
	assert_hex(key.bytes, 32, "b119c1831802961420170b24c9b6fdaae5b6b431b255e2ed364f29e1af99dd31");
	assert_int_equal(address_of_key(&signer, key.bytes), OK);
	assert_hex(signer.bytes, 20, "8534a5f975b28f58646a437132d1644c477072e6");
	report_sign(&r);
	u256_to_be(word, &r.signature.r);
	assert_hex(word, 32, "7afb1cb5d67eab59d0c1a3ec79bb32b63cdd70668daaf0d09c0e8a13e8bd72a8");
	u256_to_be(word, &r.signature.s);
	assert_hex(word, 32, "514c326f16cb4b503d8b1a0611883825f9e1a0239757f38755dae7d9cfb60a2a");
	assert_int_equal(r.signature.y_parity, 0);
	a_domain(&domain, ids);
	report_digest(&digest, &r, &domain, ids, 2);
	memset(&signer, 0, sizeof signer);
	assert_int_equal(signature_recover(&signer, &r.signature, &digest), OK);
	assert_hex(signer.bytes, 20, "8534a5f975b28f58646a437132d1644c477072e6");
}

static struct report changed;
static struct report_domain changed_domain;

static void change(int which)
{
	struct observation *o = &changed.observations[1];

	switch (which) {
	case 1:
		changed_domain.chain_id++;
		break;
	case 2:
		changed_domain.aggregator.bytes[0] = 1;
		break;
	case 3:
		changed_domain.salt.bytes[31] ^= 1;
		break;
	case 4:
		changed_domain.set_digest.bytes[0] ^= 1;
		break;
	case 5:
		changed.round++;
		break;
	case 6:
		changed.observed_at++;
		break;
	case 7:
		changed.reporter++;
		break;
	case 8:
		changed.count--;
		break;
	case 9:
		changed.observations[0].feed = 1;
		break;
	case 10:
		o->price++;
		break;
	case 11:
		o->price += (u128)1 << 100;
		break;
	case 12:
		o->confidence++;
		break;
	case 13:
		o->trade_time++;
		break;
	case 14:
		o->venues++;
		break;
	case 15:
		o->status++;
		break;
	}
}

static void every_field_of_report_and_domain_changes_the_digest(void **unused)
{
	struct hash ids[2], seen[16];

	(void)unused;
	for (int i = 0; i < 16; i++) {
		changed = a_report();
		a_domain(&changed_domain, ids);
		change(i);
		report_digest(&seen[i], &changed, &changed_domain, ids, 2);
		for (int j = 0; j < i; j++)
			assert_int_not_equal(hash_cmp(&seen[i], &seen[j]), 0);
	}
}

/* -- wire ------------------------------------------------------------------------ */

static void what_was_encoded_is_decoded(void **unused)
{
	struct report out, r = a_report();
	u8 wire[REPORT_SIZE_MAX + 1] = { 0 }, again[REPORT_SIZE_MAX];
	struct observation second;
	size_t taken, size;

	(void)unused;
	r.set_id = 0x0102030405060708;
	r.reporter = 7;
	r.observations[1] = (struct observation){ 255, FEED_HALTED, 1, 0, 0, 5 };
	r.observations[0].price = ((u128)1 << 127) + 3;
	r.observations[0].confidence = ((u128)1 << 64) + 9;
	r.signature = (struct signature){ U256_ONE, U256_ONE, 1 };
	size = report_encode(wire, &r);
	assert_int_equal(size, SIZE_OF_TWO);
	assert_int_equal(report_decode(&out, &taken, (struct bytes){ wire, size + 1 }), OK);
	assert_int_equal(taken, size);
	assert_int_equal(out.reporter, 7);
	assert_true(out.set_id == r.set_id && out.round == r.round && out.observed_at == r.observed_at);
	assert_true(out.observations[0].price == r.observations[0].price);
	assert_true(out.observations[0].confidence == r.observations[0].confidence);
	report_observation(&second, (struct bytes){ wire, size }, 1);
	assert_int_equal(second.feed, 255);
	assert_int_equal(second.status, FEED_HALTED);
	assert_int_equal(second.trade_time, 5);
	assert_int_equal(report_encode(again, &out), size);
	assert_memory_equal(again, wire, size);
}

static void the_wire_form_is_the_documented_one(void **unused)
{
	u8 wire[REPORT_SIZE_MAX];

	(void)unused;
	a_wire(wire);
	assert_hex(wire, 16, "4f525031"
			     "01"
			     "01"
			     "00"
			     "00"
			     "0000000000000000");
	assert_hex(wire + 16, 18, "000000001443fd00"
				  "000000006553f102"
				  "0002");
	assert_hex(wire + OBS, 20, "0000"
				   "01"
				   "05"
				   "00000000000000"
				   "6c6b935b8bbd400000");
	assert_hex(wire + OBS + 20, 24, "00000000000000000de0b6b3a7640000"
					"000000006553f100");
	assert_hex(wire + SIG, 4, "7afb1cb5");
	assert_hex(wire + SIG + 60, 5, "cfb60a2a"
				       "00");
}

static void a_report_cut_at_any_byte_is_refused(void **unused)
{
	u8 wire[REPORT_SIZE_MAX];
	size_t size = a_wire(wire);

	(void)unused;
	for (size_t i = 0; i < size; i++)
		assert_int_equal(decode(wire, i), ERR_TRUNCATED);
	assert_int_equal(decode(wire, size), OK);
}

static void a_refused_report_leaves_the_result_alone(void **unused)
{
	u8 wire[REPORT_SIZE_MAX];
	struct report r, before;
	size_t size = a_wire(wire), taken = 77;

	(void)unused;
	memset(&r, 0xa5, sizeof r);
	memcpy(&before, &r, sizeof r);
	assert_int_equal(report_decode(&r, &taken, (struct bytes){ wire, size - 1 }), ERR_TRUNCATED);
	wire[size - 1] = 2;
	assert_int_equal(report_decode(&r, &taken, (struct bytes){ wire, size }), ERR_SIGNATURE);
	assert_memory_equal(&r, &before, sizeof r);
	assert_int_equal(taken, 77);
}

static void a_single_wrong_byte_has_its_own_refusal(void **unused)
{
	static const struct {
		size_t at;
		u8 value;
		enum err expected;
	} cases[] = {
		{ 0, 'o', ERR_SYNTAX },
		{ 3, '2', ERR_SYNTAX },
		{ 4, 0, ERR_TYPE },
		{ 4, 2, ERR_TYPE },
		{ 5, 0, ERR_TYPE },
		{ 5, 2, ERR_TYPE },
		{ 6, 64, ERR_RANGE },
		{ 6, 255, ERR_RANGE },
		{ 7, 1, ERR_CANONICAL },
		{ 33, 0, ERR_RANGE },
		{ 33, 3, ERR_TRUNCATED },
		{ OBS + 1, 1, ERR_ORDER },
		{ OBS + 1, 2, ERR_ORDER },
		{ OBS + 2, 0, ERR_RANGE },
		{ OBS + 2, 4, ERR_RANGE },
		{ OBS + 2, FEED_HALTED, ERR_CANONICAL },
		{ OBS + 2, FEED_UNSUPPORTED, ERR_CANONICAL },
		{ OBS + 20, 0xff, ERR_RANGE }, /* confidence above the price */
		{ SIG + 64, 2, ERR_SIGNATURE },
		{ SIG + 64, 3, ERR_SIGNATURE },
		{ SIG + 64, 27, ERR_SIGNATURE },
		{ SIG + 64, 28, ERR_SIGNATURE },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		u8 wire[REPORT_SIZE_MAX];
		size_t size = a_wire(wire);

		wire[cases[i].at] = cases[i].value;
		assert_int_equal(decode(wire, size), cases[i].expected);
	}
}

static void a_count_beyond_the_limit_is_refused_before_the_size(void **unused)
{
	u8 wire[REPORT_SIZE_MAX];
	size_t size = a_wire(wire);

	(void)unused;
	store_be16(wire + 32, 257);
	assert_int_equal(decode(wire, size), ERR_RANGE);
	store_be16(wire + 32, 65535);
	assert_int_equal(decode(wire, size), ERR_RANGE);
}

static void a_price_is_there_exactly_when_trading(void **unused)
{
	u8 wire[REPORT_SIZE_MAX];
	size_t size = a_wire(wire);

	(void)unused;
	memset(wire + OBS + 4, 0, 16);
	assert_int_equal(decode(wire, size), ERR_RANGE);
	memset(wire + OBS + 20, 0, 16);
	assert_int_equal(decode(wire, size), ERR_RANGE);
	wire[OBS + 2] = FEED_HALTED;
	assert_int_equal(decode(wire, size), OK);
	wire[OBS + 20 + 15] = 1;
	assert_int_equal(decode(wire, size), ERR_CANONICAL);
}

static void a_signature_outside_the_group_or_with_high_s_is_refused(void **unused)
{
	static const struct {
		const char *word;
		enum err as_r, as_s;
	} cases[] = {
		/* 0, 1, n/2, n/2 + 1, n - 1, n, n + 1, 2^256 - 1 */
		{ "0000000000000000000000000000000000000000000000000000000000000000", ERR_SIGNATURE, ERR_SIGNATURE },
		{ "0000000000000000000000000000000000000000000000000000000000000001", OK, OK },
		{ "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", OK, OK },
		{ "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1", OK, ERR_SIGNATURE },
		{ "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", OK, ERR_SIGNATURE },
		{ "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", ERR_SIGNATURE, ERR_SIGNATURE },
		{ "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142", ERR_SIGNATURE, ERR_SIGNATURE },
		{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_SIGNATURE, ERR_SIGNATURE },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		u8 wire[REPORT_SIZE_MAX], word[32];
		size_t size = a_wire(wire);
		char text[67] = "0x";

		memcpy(text + 2, cases[i].word, 64);
		assert_int_equal(hex_to_fixed(word, 32, text, 66), OK);
		memcpy(wire + SIG, word, 32);
		assert_int_equal(decode(wire, size), cases[i].as_r);
		size = a_wire(wire);
		memcpy(wire + SIG + 32, word, 32);
		assert_int_equal(decode(wire, size), cases[i].as_s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_type_hashes_are_those_of_the_published_types),
		cmocka_unit_test(the_digest_agrees_with_the_vector),
		cmocka_unit_test(the_signature_agrees_with_the_vector),
		cmocka_unit_test(every_field_of_report_and_domain_changes_the_digest),
		cmocka_unit_test(what_was_encoded_is_decoded),
		cmocka_unit_test(the_wire_form_is_the_documented_one),
		cmocka_unit_test(a_report_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_refused_report_leaves_the_result_alone),
		cmocka_unit_test(a_single_wrong_byte_has_its_own_refusal),
		cmocka_unit_test(a_count_beyond_the_limit_is_refused_before_the_size),
		cmocka_unit_test(a_price_is_there_exactly_when_trading),
		cmocka_unit_test(a_signature_outside_the_group_or_with_high_s_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
