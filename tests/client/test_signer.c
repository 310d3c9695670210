#include "client/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/field.h"

#define KEY_1     "0x0000000000000000000000000000000000000000000000000000000000000001"
#define ADDRESS_1 "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define ADDRESS_2 "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF" /* of key 2 */

static char folder[64], path[KEYSTORE_PATH_MAX], password_path[80];
static const struct keystore_work LITTLE_WORK = { 16, 8, 1 };

/* A folder with key 2, named bob, and its password in a file. */
static int set_up(void **state)
{
	char why[KEYSTORE_WHY_MAX];
	json_t *file = keystore_encrypt((const u8[32]){ [31] = 2 }, "open sesame", "bob", &LITTLE_WORK);
	FILE *password;

	(void)state;
	strcpy(folder, "/tmp/plimsoll-signer-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(keystore_write(path, folder, file, why), OK);
	json_decref(file);
	snprintf(password_path, sizeof password_path, "%s/.password", folder);
	password = fopen(password_path, "w");
	fprintf(password, "open sesame\r\nand nothing else\n");
	fclose(password);
	unsetenv("PLIMSOLL_KEY");
	unsetenv("PLIMSOLL_PASSWORD");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(password_path);
	return rmdir(folder);
}

static void the_address_is(const struct signer *s, const char *who, const char *expected)
{
	struct address owner, right;
	struct fault why;

	assert_int_equal(address_parse(&right, expected), OK);
	assert_int_equal(signer_address(&owner, &why, s, who), OK);
	assert_int_equal(address_cmp(&owner, &right), 0);
}

static void the_only_key_needs_no_name(void **unused)
{
	struct signer s = { folder, password_path };
	struct fault why;
	u8 key[32];

	(void)unused;
	the_address_is(&s, NULL, ADDRESS_2);
	the_address_is(&s, "bob", ADDRESS_2);
	the_address_is(&s, ADDRESS_1, ADDRESS_1); /* anyone may be watched */
	assert_int_equal(signer_key(key, &why, &s, NULL), OK);
	assert_int_equal(key[31], 2);
	assert_int_equal(signer_key(key, &why, &s, ADDRESS_2), OK);
	assert_int_equal(signer_key(key, &why, &s, ADDRESS_1), ERR_NOT_FOUND);
	assert_int_equal(signer_key(key, &why, &s, "alice"), ERR_NOT_FOUND);
}

static void the_environment_comes_before_the_folder_unless_another_is_named(void **unused)
{
	struct signer s = { folder, password_path };
	struct fault why;
	u8 key[32];

	(void)unused;
	setenv("PLIMSOLL_KEY", KEY_1, 1);
	the_address_is(&s, NULL, ADDRESS_1);
	the_address_is(&s, "bob", ADDRESS_2);
	assert_int_equal(signer_key(key, &why, &s, NULL), OK);
	assert_int_equal(key[31], 1);
	assert_int_equal(signer_key(key, &why, &s, ADDRESS_1), OK);
	assert_int_equal(key[31], 1);
	assert_int_equal(signer_key(key, &why, &s, "bob"), OK);
	assert_int_equal(key[31], 2);
	setenv("PLIMSOLL_KEY", "0x1", 1);
	assert_int_equal(signer_key(key, &why, &s, NULL), ERR_SYNTAX);
	assert_non_null(strstr(why.text, "PLIMSOLL_KEY"));
	assert_null(strstr(why.text, "0x1")); /* whatever it is, it is secret */
}

static void a_password_comes_from_file_or_environment(void **unused)
{
	struct signer s = { folder, NULL };
	struct fault why;
	u8 key[32];

	(void)unused;
	setenv("PLIMSOLL_PASSWORD", "open sesame", 1);
	assert_int_equal(signer_key(key, &why, &s, NULL), OK);
	setenv("PLIMSOLL_PASSWORD", "wrong", 1);
	assert_int_equal(signer_key(key, &why, &s, NULL), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "wrong password from PLIMSOLL_PASSWORD: give the one that "));
	assert_non_null(strstr(why.text, path));
	s.password_file = password_path; /* comes first */
	assert_int_equal(signer_key(key, &why, &s, NULL), OK);
	s.password_file = "/nowhere/password";
	assert_int_equal(signer_key(key, &why, &s, NULL), ERR_IO);
}

static void an_empty_folder_says_how_to_make_a_key(void **unused)
{
	struct signer s = { "/nowhere/keys", NULL };
	struct address owner;
	struct fault why;

	(void)unused;
	assert_int_equal(signer_address(&owner, &why, &s, NULL), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "plimsoll keys new"));
}

static void a_key_is_64_digits(void **unused)
{
	static const char *const bad[] = { "", "0x", "0x12", KEY_1 "0", KEY_1 " " KEY_1, "xyz" };
	u8 key[32];

	(void)unused;
	assert_int_equal(key_parse(key, KEY_1), OK);
	assert_int_equal(key_parse(key, "  " KEY_1 "\r\n"), OK);
	assert_int_equal(key_parse(key, &KEY_1[2]), OK);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(key_parse(key, bad[i]), ERR_SYNTAX);
}

static void a_mistyped_address_is_noticed_by_its_capitals(void **unused)
{
	struct address a;

	(void)unused;
	assert_int_equal(address_parse(&a, ADDRESS_1), OK);
	assert_int_equal(address_parse(&a, "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"), OK);
	assert_int_equal(address_parse(&a, "0x7E5F4552091A69125D5DFCB7B8C2659029395BDF"), OK);
	assert_int_equal(address_parse(&a, "0x7e5F4552091A69125d5DfCb7b8C2659029395Bdf"), ERR_CANONICAL);
	assert_int_equal(address_parse(&a, "7E5F4552091A69125d5DfCb7b8C2659029395Bdf"), ERR_SYNTAX);
	assert_int_equal(address_parse(&a, "0x7E5F"), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_only_key_needs_no_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_environment_comes_before_the_folder_unless_another_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_password_comes_from_file_or_environment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_folder_says_how_to_make_a_key, set_up, tear_down),
		cmocka_unit_test(a_key_is_64_digits),
		cmocka_unit_test(a_mistyped_address_is_noticed_by_its_capitals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
