#include "client/keystore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "tests/client/keystore_vectors.h"

static const struct keystore_work LITTLE_WORK = { 16, 8, 1 };
static const u8 KEY[32] = { [31] = 1 };
#define ADDRESS "7e5f4552091a69125d5dfcb7b8c2659029395bdf" /* of that key */

static void a_vector_opens(const struct keystore_vector *v)
{
	json_t *file = json_loads(v->json, JSON_REJECT_DUPLICATES, NULL);
	char why[KEYSTORE_WHY_MAX], text[67];
	u8 key[32];

	assert_non_null(file);
	assert_int_equal(keystore_decrypt(key, file, v->password, why), OK);
	hex_from_bytes(text, (struct bytes){ key, sizeof key });
	assert_string_equal(text + 2, v->key);
	assert_int_equal(keystore_decrypt(key, file, "not the password", why), ERR_SIGNATURE);
	assert_string_equal(why, "wrong password");
	json_decref(file);
}

static void files_of_geth_and_ethers_open(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(FAST_VECTORS); i++)
		a_vector_opens(&FAST_VECTORS[i]);
}

static enum err opens(const struct keystore_vector *v, const char *password)
{
	json_t *file = json_loads(v->json, 0, NULL);
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];
	enum err e = keystore_decrypt(key, file, password, why);

	json_decref(file);
	return e;
}

static void an_accent_opens_files_of_ethers_and_of_geth(void **unused)
{
	(void)unused;
	a_vector_opens(&COMPOSED_VECTOR);
	a_vector_opens(&AS_TYPED_VECTOR);
	assert_int_equal(opens(&COMPOSED_VECTOR, TYPED_TOGETHER), OK);
	assert_int_equal(opens(&AS_TYPED_VECTOR, TYPED_TOGETHER), ERR_SIGNATURE); /* nobody can tell */
}

static void a_password_is_written_so_that_its_accents_do_not_matter(void **unused)
{
	static const char *const typed[] = { TYPED_APART, TYPED_TOGETHER };
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];

	(void)unused;
	for (int i = 0; i < 4; i++) {
		json_t *file = keystore_encrypt(KEY, typed[i / 2], NULL, &LITTLE_WORK);

		assert_int_equal(keystore_decrypt(key, file, typed[i % 2], why), OK);
		assert_int_equal(keystore_decrypt(key, file, "u", why), ERR_SIGNATURE);
		json_decref(file);
	}
}

static void a_password_need_not_be_text(void **unused)
{
	json_t *file = keystore_encrypt(KEY, "\xff\xfe", NULL, &LITTLE_WORK);
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];

	(void)unused;
	assert_int_equal(keystore_decrypt(key, file, "\xff\xfe", why), OK);
	assert_int_equal(keystore_decrypt(key, file, "\xff", why), ERR_SIGNATURE);
	json_decref(file);
}

static void a_file_with_standard_work_opens(void **unused)
{
	json_t *file = json_loads(SLOW_VECTORS[0].json, JSON_REJECT_DUPLICATES, NULL);
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];

	(void)unused;
	assert_int_equal(keystore_decrypt(key, file, SLOW_VECTORS[0].password, why), OK);
	assert_int_equal(key[0], 0x7a);
	json_decref(file);
	file = json_loads(SLOW_VECTORS[1].json, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(keystore_decrypt(key, file, SLOW_VECTORS[1].password, why), OK);
	assert_int_equal(key[31], 0x9d);
	json_decref(file);
}

static json_t *a_file(void)
{
	json_t *file = keystore_encrypt(KEY, "secret", "alice", &LITTLE_WORK);

	assert_non_null(file);
	return file;
}

static void what_is_written_reads_back(void **unused)
{
	json_t *file = a_file(), *again = a_file();
	char why[KEYSTORE_WHY_MAX];
	u8 key[32] = { 0 };

	(void)unused;
	assert_string_equal(json_string_value(json_object_get(file, "address")), ADDRESS);
	assert_int_equal(keystore_decrypt(key, file, "secret", why), OK);
	assert_memory_equal(key, KEY, sizeof key);
	/* Salt, iv and id are fresh every time. */
	assert_false(json_equal(file, again));
	json_decref(file);
	json_decref(again);
}

static void a_key_outside_the_curve_is_not_written(void **unused)
{
	u8 zero[32] = { 0 }, ones[32];

	(void)unused;
	memset(ones, 0xff, sizeof ones);
	assert_null(keystore_encrypt(zero, "secret", NULL, &LITTLE_WORK));
	assert_null(keystore_encrypt(ones, "secret", NULL, &LITTLE_WORK));
}

static void a_password_may_be_empty(void **unused)
{
	json_t *file = keystore_encrypt(KEY, "", NULL, &LITTLE_WORK);
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];

	(void)unused;
	assert_int_equal(keystore_decrypt(key, file, "", why), OK);
	assert_null(json_object_get(file, "name"));
	json_decref(file);
}

static void an_altered_file_is_refused(void **unused)
{
	static const struct {
		const char *member, *field;
		const char *text; /* NULL: the number */
		json_int_t number;
		enum err e;
	} changes[] = {
		{ "", "address", "0000000000000000000000000000000000000001", 0, ERR_MISMATCH },
		{ "", "address", "12", 0, ERR_SYNTAX },
		{ "", "version", NULL, 1, ERR_SYNTAX },
		{ "crypto", "ciphertext", "00", 0, ERR_SIGNATURE },
		{ "crypto", "ciphertext", "", 0, ERR_SYNTAX },
		{ "crypto", "ciphertext", "000000000000000000000000000000000000000000000000000000000000000000", 0, ERR_SYNTAX },
		{ "crypto", "mac", "00", 0, ERR_SYNTAX },
		{ "crypto", "mac", "0000000000000000000000000000000000000000000000000000000000000000", 0, ERR_SIGNATURE },
		{ "crypto", "cipher", "aes-128-cbc", 0, ERR_TYPE },
		{ "crypto", "kdf", "argon2id", 0, ERR_TYPE },
		{ "cipherparams", "iv", "xx", 0, ERR_SYNTAX },
		{ "kdfparams", "salt", NULL, 1, ERR_SYNTAX },
		{ "kdfparams", "dklen", NULL, 16, ERR_TYPE },
		{ "kdfparams", "n", NULL, 0, ERR_SYNTAX },
		{ "kdfparams", "n", NULL, 17, ERR_SYNTAX },
		{ "kdfparams", "n", NULL, -16, ERR_SYNTAX },
		{ "kdfparams", "n", NULL, 1ll << 21, ERR_SIZE },
		{ "kdfparams", "n", NULL, 1ll << 52, ERR_SIZE },
		{ "kdfparams", "r", NULL, 1ll << 40, ERR_SIZE },
		{ "kdfparams", "p", NULL, 1ll << 30, ERR_SIZE },
	};
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
		json_t *file = a_file();
		json_t *crypto = json_object_get(file, "crypto");
		json_t *at = !*changes[i].member ? file : strcmp(changes[i].member, "crypto") == 0 ? crypto
												   : json_object_get(crypto, changes[i].member);

		memcpy(key, KEY, sizeof key);
		json_object_set_new(at, changes[i].field,
				    changes[i].text ? json_string(changes[i].text) : json_integer(changes[i].number));
		assert_int_equal(keystore_decrypt(key, file, "secret", why), changes[i].e);
		assert_true(strlen(why) > 5);
		assert_memory_equal(key, KEY, sizeof key);
		json_decref(file);
	}
}

static void what_is_not_an_object_is_refused(void **unused)
{
	static const char *const texts[] = { "[]", "{}", "{\"version\":3}", "{\"version\":3,\"crypto\":[]}",
					     "{\"version\":3,\"crypto\":{\"cipher\":3}}" };
	char why[KEYSTORE_WHY_MAX];
	u8 key[32];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		json_t *file = json_loads(texts[i], 0, NULL);

		assert_int_not_equal(keystore_decrypt(key, file, "", why), OK);
		json_decref(file);
	}
}

static void a_folder_keeps_keys_by_address_and_name(void **unused)
{
	char folder[] = "/tmp/plimsoll-keystore-XXXXXX", inner[64], path[KEYSTORE_PATH_MAX], other[KEYSTORE_PATH_MAX];
	char why[KEYSTORE_WHY_MAX];
	json_t *file = a_file(), *back;
	struct keystore_list list;
	struct stat st;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	snprintf(inner, sizeof inner, "%s/a/keystore", folder);
	assert_int_equal(keystore_scan(&list, inner), OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(keystore_write(path, inner, file, why), OK);
	assert_int_equal(keystore_write(other, inner, file, why), ERR_EXISTS);
	assert_non_null(strstr(path, "/UTC--20"));
	assert_string_equal(path + strlen(path) - 42, "--" ADDRESS);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(keystore_scan(&list, inner), OK);
	assert_int_equal(list.count, 1);
	assert_ptr_equal(keystore_find(&list, "Alice"), list.at);
	assert_ptr_equal(keystore_find(&list, "0x" ADDRESS), list.at);
	assert_ptr_equal(keystore_find(&list, ADDRESS), list.at);
	assert_null(keystore_find(&list, "bob"));
	assert_null(keystore_find(&list, ""));
	assert_int_equal(keystore_read(&back, list.at[0].path, why), OK);
	assert_true(json_equal(file, back));
	keystore_list_free(&list);
	json_decref(back);
	json_decref(file);
	unlink(path);
	rmdir(inner);
	*strrchr(inner, '/') = '\0';
	rmdir(inner);
	assert_int_equal(rmdir(folder), 0);
}

static void a_missing_file_says_its_name(void **unused)
{
	char why[KEYSTORE_WHY_MAX];
	json_t *file;

	(void)unused;
	assert_int_equal(keystore_read(&file, "/nowhere/key", why), ERR_IO);
	assert_non_null(strstr(why, "/nowhere/key"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_geth_and_ethers_open),
		cmocka_unit_test(an_accent_opens_files_of_ethers_and_of_geth),
		cmocka_unit_test(a_password_is_written_so_that_its_accents_do_not_matter),
		cmocka_unit_test(a_password_need_not_be_text),
		cmocka_unit_test(a_file_with_standard_work_opens),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_key_outside_the_curve_is_not_written),
		cmocka_unit_test(a_password_may_be_empty),
		cmocka_unit_test(an_altered_file_is_refused),
		cmocka_unit_test(what_is_not_an_object_is_refused),
		cmocka_unit_test(a_folder_keeps_keys_by_address_and_name),
		cmocka_unit_test(a_missing_file_says_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
