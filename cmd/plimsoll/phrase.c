#include "cmd/plimsoll/phrase.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "client/units.h"

/* --path, with --index at its end or where Ledger Live counts. */
static enum err path_read(struct cli *c, struct hd_path *out)
{
	const char *text = args_value(&c->args, "--path"), *number = args_value(&c->args, "--index");
	bool is_ledger = args_has(&c->args, "--ledger-live");
	struct u256 index = U256_ZERO;

	if (text && is_ledger)
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "--path and --ledger-live exclude each other; --ledger-live --index N "
				 "is m/44'/60'/N'/0/0");
	if (hd_path_parse(out, text ? text : HD_PATH_DEFAULT))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "%.80s is not a path; write it like \"" HD_PATH_DEFAULT
				 "\", in quotes because of the ' in it",
				 text);
	if (!number)
		return OK;
	if (units_parse(&index, number, 0) || !u256_fits(&index, 31))
		return fault_set(&c->why, ERR_RANGE, FAULT_LOCAL,
				 "--index wants a whole number below 2147483648, not %.40s", number);
	if (hd_path_set(out, is_ledger ? HD_LEDGER_STEP : out->depth - 1, u256_low64(&index)))
		return fault_set(&c->why, ERR_RANGE, FAULT_LOCAL,
				 "the path m has no number that --index could set");
	return OK;
}

enum err phrase_check(struct cli *c)
{
	static const char *const options[] = { "--words", "--path", "--index", "--ledger-live",
					       "--passphrase-file" };
	const char *verb = cli_word(c, 0);
	struct hd_path path;

	if (args_has(&c->args, "--words") && strcmp(verb, "new") != 0)
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "--words is for `plimsoll keys new --mnemonic`; a phrase that is "
				 "imported has as many as it has");
	for (size_t i = 0; !args_has(&c->args, "--mnemonic") && i < ARRAY_COUNT(options); i++) {
		if (args_has(&c->args, options[i]))
			return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
					 "%s is about a recovery phrase; add --mnemonic", options[i]);
	}
	return path_read(c, &path);
}

/* The first line of --passphrase-file; "" if there is none. */
static enum err passphrase_read(struct cli *c, char out[PASSWORD_MAX])
{
	const char *path = args_value(&c->args, "--passphrase-file");
	struct signer file = { .password_file = path };

	out[0] = '\0';
	return path ? signer_password(out, &c->why, &file, "", false) : OK;
}

enum err phrase_import(struct cli *c, struct phrase *out, u8 key[32], const char *words)
{
	char passphrase[PASSWORD_MAX], reason[MNEMONIC_WHY_MAX];
	u8 seed[MNEMONIC_SEED_SIZE];
	struct hd_path path;
	enum err e;

	TRY(path_read(c, &path));
	TRY(passphrase_read(c, passphrase));
	e = mnemonic_seed(seed, words, passphrase, reason);
	sodium_memzero(passphrase, sizeof passphrase);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL, "that is not a recovery phrase: %s", reason);
	out->words[0] = '\0';
	hd_path_format(out->path, &path);
	e = hd_key(key, (struct bytes){ seed, sizeof seed }, &path);
	sodium_memzero(seed, sizeof seed);
	return e ? fault_set(&c->why, e, FAULT_LOCAL, "%s has no key; take the next --index", out->path)
		 : OK;
}

enum err phrase_new(struct cli *c, struct phrase *out, u8 key[32])
{
	const char *count = args_value(&c->args, "--words");
	char words[MNEMONIC_TEXT_MAX];
	u8 entropy[MNEMONIC_ENTROPY_MAX];
	size_t size = !count || strcmp(count, "12") == 0 ? 16 : 32;
	enum err e;

	if (size == 32 && strcmp(count, "24") != 0)
		return fault_set(&c->why, ERR_RANGE, FAULT_LOCAL, "--words is 12 or 24, not %.40s", count);
	randombytes_buf(entropy, size);
	e = mnemonic_from_entropy(words, (struct bytes){ entropy, size });
	sodium_memzero(entropy, sizeof entropy);
	if (!e)
		e = phrase_import(c, out, key, words);
	if (!e)
		memcpy(out->words, words, sizeof words);
	sodium_memzero(words, sizeof words);
	return e;
}
