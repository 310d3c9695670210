#include "base/hash.h"

#include "base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define KECCAK_EMPTY "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const u8 *)text, strlen(text) };
}

static void assert_hash(const struct hash *h, const char *expected)
{
	char text[3 + 2 * sizeof h->bytes];

	hex_from_bytes(text, (struct bytes){ h->bytes, sizeof h->bytes });
	assert_string_equal(text, expected);
}

static void keccak_of_known_texts(void **state)
{
	static const struct {
		const char *text, *hash;
	} rows[] = {
		{ "", KECCAK_EMPTY },
		{ "abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45" },
		{ "\x80", "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421" },
		{ "Transfer(address,address,uint256)",
		  "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef" },
		{ "Supply(address,address,address,uint256,uint16)",
		  "0x2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61" },
	};
	struct hash h;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		keccak256(&h, text_bytes(rows[i].text));
		assert_hash(&h, rows[i].hash);
	}
}

/* The rate is 136: the padding bytes meet at 135, and 136 needs a second block. */
static void keccak_around_a_full_block(void **state)
{
	static const struct {
		size_t size;
		const char *hash;
	} rows[] = {
		{ 134, "0xe5de5653994e2fa6729d329b65b5f332dee942a7ea54515e173824c232a4ff91" },
		{ 135, "0x34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446" },
		{ 136, "0xa6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e" },
		{ 137, "0xd869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39" },
		{ 271, "0x132f47effd6c8b1b299efa53fe68aece77ec8ae4eb2e294f668eec94f76001e1" },
		{ 272, "0xcf7fcd4f705ee749930d19ca84561a9bf62516bd90a471545fa2f49fdc7e63c8" },
		{ 273, "0x5a7b8187d2778e614097fac3097573de1fee4d972304d3360796a857029bb176" },
	};
	u8 in[300];
	struct hash h;

	(void)state;
	memset(in, 'a', sizeof in);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		keccak256(&h, (struct bytes){ in, rows[i].size });
		assert_hash(&h, rows[i].hash);
	}
}

/* Every count of messages up to a few times the lanes, sizes around full blocks, each in three ranges. */
static void keccak_of_many_is_that_of_each(void **state)
{
	enum { COUNT = 19,
	       SIZE_MAX_HERE = 1500 };
	static u8 in[COUNT][SIZE_MAX_HERE];
	struct bytes parts[3 * COUNT];
	struct hash got[COUNT + 1], want;
	u64 seed = 1;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		memset(in[i], (int)(i + 1), SIZE_MAX_HERE);
	for (size_t run = 0; run < 2000; run++) {
		size_t count = run % (COUNT + 1);

		for (size_t i = 0; i < count; i++) {
			size_t size, cut[2];

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			size = seed >> 62 == 0 ? (seed >> 40) % SIZE_MAX_HERE : 136 * ((seed >> 40) % 4) + (seed >> 50) % 3;
			size -= size > 136 && seed >> 63 ? 1 : 0;
			cut[0] = (seed >> 20) % (size + 1);
			cut[1] = cut[0] + (seed >> 8) % (size - cut[0] + 1);
			parts[3 * i] = (struct bytes){ cut[0] ? in[i] : NULL, cut[0] };
			parts[3 * i + 1] = (struct bytes){ in[i] + cut[0], cut[1] - cut[0] };
			parts[3 * i + 2] = (struct bytes){ in[i] + cut[1], size - cut[1] };
		}
		memset(got, 0xee, sizeof got);
		keccak256_many(got, parts, 3, count);
		for (size_t i = 0; i < count; i++) {
			keccak256_parts(&want, parts + 3 * i, 3);
			assert_memory_equal(&got[i], &want, sizeof want);
		}
		assert_int_equal(got[count].bytes[0], 0xee);
	}
}

static void sha256_of_known_texts(void **state)
{
	static const struct {
		const char *text, *hash;
	} rows[] = {
		{ "", "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	struct hash h;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		sha256(&h, text_bytes(rows[i].text));
		assert_hash(&h, rows[i].hash);
	}
}

/* Every way to cut 300 bytes in three, at steps that visit all lane offsets. */
static void parts_hash_like_the_whole(void **state)
{
	u8 in[300];
	struct hash keccak, sha, h;

	(void)state;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (u8)(i * 7 + 1);
	keccak256(&keccak, (struct bytes){ in, sizeof in });
	sha256(&sha, (struct bytes){ in, sizeof in });
	for (size_t i = 0; i <= sizeof in; i += 3)
		for (size_t j = i; j <= sizeof in; j += 5) {
			const struct bytes parts[] = { { in, i },
						       { NULL, 0 },
						       { in + i, j - i },
						       { in + j, sizeof in - j } };

			keccak256_parts(&h, parts, ARRAY_COUNT(parts));
			assert_int_equal(hash_cmp(&h, &keccak), 0);
			sha256_parts(&h, parts, ARRAY_COUNT(parts));
			assert_int_equal(hash_cmp(&h, &sha), 0);
		}
}

static void no_parts_hash_like_nothing(void **state)
{
	struct hash h;

	(void)state;
	keccak256_parts(&h, NULL, 0);
	assert_hash(&h, KECCAK_EMPTY);
	sha256_parts(&h, NULL, 0);
	assert_hash(&h, "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void selectors_of_known_signatures(void **state)
{
	(void)state;
	assert_true(selector_of("transfer(address,uint256)") == 0xa9059cbb);
	assert_true(selector_of("dropReserve(address)") == 0x63c9b860);
	assert_true(selector_of("setEModeCategory(uint8,uint16,uint16,uint16,string)") == 0x34a461ea);
	assert_true(selector_of("Panic(uint256)") == 0x4e487b71);
	assert_true(selector_of("") == 0xc5d24601);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keccak_of_known_texts),
		cmocka_unit_test(keccak_around_a_full_block),
		cmocka_unit_test(keccak_of_many_is_that_of_each),
		cmocka_unit_test(sha256_of_known_texts),
		cmocka_unit_test(parts_hash_like_the_whole),
		cmocka_unit_test(no_parts_hash_like_nothing),
		cmocka_unit_test(selectors_of_known_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
