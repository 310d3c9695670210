/* plimsoll keys: secret keys in files. */

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ecdsa.h"
#include "base/hex.h"
#include "client/field.h"
#include "cmd/plimsoll/cli.h"
#include "cmd/plimsoll/grid.h"
#include "cmd/plimsoll/phrase.h"

/* Tells about a new file.  A phrase is shown this once: it is in no file. */
static void key_report(struct cli *c, const struct address *owner, const char *name, const char *path,
		       const struct phrase *phrase)
{
	json_t *all;

	if (c->is_json) {
		all = json_pack("{s:o, s:s, s:s}", "address", json_of_address(owner), "name",
				name ? name : "", "file", path);
		if (*phrase->path)
			json_object_set_new(all, "path", json_string(phrase->path));
		if (*phrase->words)
			json_object_set_new(all, "mnemonic", json_string(phrase->words));
		cli_print_json(all);
		return;
	}
	printf("%s\n  %s\n", cli_address_text(owner), path);
	if (*phrase->path)
		printf("  %s\n", phrase->path);
	if (*phrase->words)
		printf("recovery phrase: write it down now, it is kept nowhere and not shown again\n"
		       "  %s\n",
		       phrase->words);
}

/* Encrypts key into a new file of the folder. */
static enum err key_store(struct cli *c, const u8 key[32], const char *name, const struct phrase *phrase)
{
	const struct keystore_work *work =
		args_has(&c->args, "--light") ? &KEYSTORE_LIGHT : &KEYSTORE_STANDARD;
	char password[PASSWORD_MAX], folder[KEYSTORE_PATH_MAX], path[KEYSTORE_PATH_MAX],
		reason[KEYSTORE_WHY_MAX];
	struct address owner;
	json_t *file;
	enum err e;

	TRY(signer_folder(folder, &c->why, &c->signer));
	TRY(signer_password(password, &c->why, &c->signer, "password for the new key", true));
	file = keystore_encrypt(key, password, name, work);
	sodium_memzero(password, sizeof password);
	if (!file || address_of_key(&owner, key))
		return fault_set(&c->why, ERR_SIGNATURE, FAULT_LOCAL,
				 "that is not a secret key, or memory ran out");
	e = keystore_write(path, folder, file, reason);
	json_decref(file);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL, "%s", reason);
	key_report(c, &owner, name, path, phrase);
	return OK;
}

/* A name must not look like an address, and must be new. */
static enum err name_check(struct cli *c, const char *name)
{
	char folder[KEYSTORE_PATH_MAX];
	struct keystore_list list;
	bool is_there;

	if (!name)
		return OK;
	if (!*name || strlen(name) >= KEYSTORE_NAME_MAX || strncmp(name, "0x", 2) == 0)
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "a name has 1 to %d characters and does not begin with 0x",
				 KEYSTORE_NAME_MAX - 1);
	TRY(signer_folder(folder, &c->why, &c->signer));
	TRY(keystore_scan(&list, folder));
	is_there = keystore_find(&list, name) != NULL;
	keystore_list_free(&list);
	return is_there ? fault_set(&c->why, ERR_EXISTS, FAULT_LOCAL,
				    "there is a key named %s already", name)
			: OK;
}

static enum err keys_new(struct cli *c)
{
	const char *name = args_value(&c->args, "--name");
	struct phrase phrase = { "", "" };
	struct address owner;
	u8 key[32];
	enum err e = OK;

	TRY(name_check(c, name));
	TRY(phrase_check(c));
	if (args_has(&c->args, "--mnemonic"))
		e = phrase_new(c, &phrase, key);
	else
		do
			randombytes_buf(key, sizeof key);
		while (address_of_key(&owner, key)); /* one in 2^127 is none */
	if (!e)
		e = key_store(c, key, name, &phrase);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&phrase, sizeof phrase);
	return e;
}

/* A secret as text: all of the file named by the word, or from standard input, not shown. */
static enum err secret_read(struct cli *c, char out[PASSWORD_MAX], const char *prompt)
{
	const char *path = cli_word(c, 1);
	FILE *in;
	size_t size;

	if (!path || strcmp(path, "-") == 0) /* which reads standard input if that is no terminal */
		return signer_secret(out, &c->why, prompt);
	in = fopen(path, "re");
	if (!in)
		return fault_set(&c->why, ERR_IO, FAULT_LOCAL, "cannot read %.200s: %s", path, strerror(errno));
	setvbuf(in, NULL, _IONBF, 0); /* no copy stays behind */
	size = fread(out, 1, PASSWORD_MAX - 1, in);
	fclose(in);
	out[size] = '\0';
	return OK;
}

/* The key in hexadecimal, or that of a recovery phrase. */
static enum err keys_import(struct cli *c)
{
	const char *name = args_value(&c->args, "--name");
	bool is_phrase = args_has(&c->args, "--mnemonic");
	struct phrase phrase = { "", "" };
	char text[PASSWORD_MAX];
	u8 key[32];
	enum err e;

	TRY(name_check(c, name));
	TRY(phrase_check(c));
	TRY(secret_read(c, text, is_phrase ? "recovery phrase" : "secret key, 64 hexadecimal digits"));
	if (is_phrase)
		e = phrase_import(c, &phrase, key, text);
	else if (key_parse(key, text))
		e = fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
			      "a secret key is 64 hexadecimal digits; give a file, or pipe it in; a "
			      "recovery phrase is imported with --mnemonic");
	else
		e = OK;
	sodium_memzero(text, sizeof text);
	if (!e)
		e = key_store(c, key, name, &phrase);
	sodium_memzero(key, sizeof key);
	return e;
}

static enum err keys_export(struct cli *c)
{
	const char *who = cli_word(c, 1) ? cli_word(c, 1) : c->from;
	char text[67];
	u8 key[32];

	TRY(signer_key(key, &c->why, &c->signer, who));
	hex_from_bytes(text, (struct bytes){ key, sizeof key });
	if (c->is_json)
		printf("{\"key\": \"%s\"}\n", text);
	else
		printf("%s\n", text);
	sodium_memzero(key, sizeof key);
	sodium_memzero(text, sizeof text);
	return OK;
}

static enum err keys_list(struct cli *c)
{
	char folder[KEYSTORE_PATH_MAX];
	struct keystore_list list;
	struct grid t;
	json_t *all;

	TRY(signer_folder(folder, &c->why, &c->signer));
	TRY(keystore_scan(&list, folder));
	all = json_array();
	grid_begin(&t, "address name file");
	for (size_t i = 0; i < list.count; i++) {
		const struct keystore_entry *k = &list.at[i];

		grid_cell(&t, "%s", cli_address_text(&k->owner));
		grid_cell(&t, "%s", *k->name ? k->name : "-");
		grid_cell(&t, "%s", k->path);
		json_array_append_new(all, json_pack("{s:o, s:s, s:s}", "address",
						     json_of_address(&k->owner), "name", k->name,
						     "file", k->path));
	}
	if (c->is_json)
		cli_print_json(json_incref(all));
	else if (list.count)
		grid_print(&t);
	else
		printf("no keys in %s; make one with `plimsoll keys new`\n", folder);
	grid_free(&t);
	json_decref(all);
	keystore_list_free(&list);
	return OK;
}

static enum err keys(struct cli *c)
{
	static const struct {
		const char *name;
		size_t words_max;
		enum err (*run)(struct cli *c);
	} verbs[] = {
		{ "new", 1, keys_new },
		{ "import", 2, keys_import },
		{ "export", 2, keys_export },
		{ "list", 1, keys_list },
	};

	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, cli_word(c, 0)) == 0 &&
		    c->args.word_count <= verbs[i].words_max)
			return verbs[i].run(c);
	}
	return fault_set(
		&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
		"the form is: plimsoll keys new | import [FILE] | export [NAME|ADDRESS] | list");
}

static const struct option_row options[] = {
	{ "--name", "NAME", "a name for the new key" },
	{ "--light", NULL, "encrypt with little work: for devnets only" },
	PHRASE_OPTIONS,
};
const struct command KEYS_COMMAND = { "keys",
				      "new|import|export|list [FILE|NAME|ADDRESS]",
				      1,
				      2,
				      keys,
				      "make, import, show and list secret keys",
				      options,
				      ARRAY_COUNT(options),
				      "keys new --name alice\n"
				      "keys new --mnemonic --words 24\n"
				      "keys import key.txt --name bob\n"
				      "keys import --mnemonic --index 1 --name carol\n"
				      "keys import --mnemonic --ledger-live --index 2\n"
				      "keys list\n"
				      "keys export alice\n" };
