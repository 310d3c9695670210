#include "client/signer.h"

#include <assert.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/ecdsa.h"
#include "base/hex.h"
#include "client/field.h"
#include "client/unicode.h"

static_assert(PASSWORD_MAX <= UNICODE_INPUT_MAX, "a password that can be typed can be brought into its form");

enum err key_parse(u8 key[32], const char *text)
{
	char prefixed[67] = "0x";
	size_t size;
	enum err e;

	text += strspn(text, " \t\r\n");
	if (strncmp(text, "0x", 2) == 0)
		text += 2;
	size = strcspn(text, " \t\r\n");
	if (size != 64 || text[size + strspn(text + size, " \t\r\n")] != '\0')
		return ERR_SYNTAX;
	memcpy(prefixed + 2, text, 64);
	e = hex_to_fixed(key, 32, prefixed, 66);
	sodium_memzero(prefixed, sizeof prefixed);
	return e;
}

enum err signer_folder(char out[KEYSTORE_PATH_MAX], struct fault *why, const struct signer *s)
{
	const char *home = getenv("HOME");
	int size;

	if (s->folder)
		size = snprintf(out, KEYSTORE_PATH_MAX, "%s", s->folder);
	else if (home && *home)
		size = snprintf(out, KEYSTORE_PATH_MAX, "%s/.plimsoll/keystore", home);
	else
		return fault_set(why, ERR_NOT_FOUND, FAULT_LOCAL,
				 "HOME is not set; say where keys are with --keystore");
	return size < KEYSTORE_PATH_MAX
		       ? OK
		       : fault_set(why, ERR_SIZE, FAULT_LOCAL, "the key folder's name is too long");
}

/* -- passwords ---------------------------------------------------------------------- */

static enum err password_from_file(char out[PASSWORD_MAX], struct fault *why, const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(out, PASSWORD_MAX, f)) {
		if (f)
			fclose(f);
		return fault_set(why, ERR_IO, FAULT_LOCAL, "cannot read a password from %s", path);
	}
	fclose(f);
	out[strcspn(out, "\r\n")] = '\0';
	return OK;
}

/* One line of the terminal, not shown. */
static enum err terminal_ask(char out[PASSWORD_MAX], const char *prompt)
{
	struct termios before, quiet;
	enum err e = ERR_IO;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	FILE *tty = fd >= 0 ? fdopen(fd, "r+") : NULL;

	if (!tty)
		return ERR_IO;
	if (tcgetattr(fd, &before) == 0) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(fd, TCSAFLUSH, &quiet);
		fprintf(tty, "%s: ", prompt);
		fflush(tty);
		if (fgets(out, PASSWORD_MAX, tty))
			e = OK;
		tcsetattr(fd, TCSAFLUSH, &before);
		fprintf(tty, "\n");
	}
	fclose(tty);
	out[strcspn(out, "\r\n")] = '\0';
	return e;
}

enum err signer_password(char out[PASSWORD_MAX], struct fault *why, const struct signer *s,
			 const char *prompt, bool is_new)
{
	const char *variable = getenv("PLIMSOLL_PASSWORD");
	char again[PASSWORD_MAX];
	bool is_same = true;

	out[0] = '\0';
	if (s->password_file)
		return password_from_file(out, why, s->password_file);
	if (variable) {
		if (snprintf(out, PASSWORD_MAX, "%s", variable) >= PASSWORD_MAX)
			return fault_set(why, ERR_SIZE, FAULT_LOCAL,
					 "PLIMSOLL_PASSWORD is too long");
		return OK;
	}
	if (terminal_ask(out, prompt))
		return fault_set(why, ERR_IO, FAULT_LOCAL,
				 "no terminal to ask for the password; use --password-file or "
				 "PLIMSOLL_PASSWORD");
	if (is_new) {
		is_same = terminal_ask(again, "the same again") == OK && strcmp(out, again) == 0;
		sodium_memzero(again, sizeof again);
	}
	return is_same ? OK : fault_set(why, ERR_MISMATCH, FAULT_LOCAL, "the two passwords differ");
}

enum err signer_secret(char out[PASSWORD_MAX], struct fault *why, const char *prompt)
{
	size_t size = 0;
	ssize_t got;

	if (isatty(STDIN_FILENO))
		return terminal_ask(out, prompt) == OK
			       ? OK
			       : fault_set(why, ERR_IO, FAULT_LOCAL, "the terminal cannot be read");
	do {
		got = read(STDIN_FILENO, out + size, PASSWORD_MAX - size);
		size += got > 0 ? (size_t)got : 0;
	} while (got > 0 && size < PASSWORD_MAX);
	if (size == PASSWORD_MAX || got < 0) {
		sodium_memzero(out, PASSWORD_MAX);
		return fault_set(why, ERR_SIZE, FAULT_LOCAL,
				 got < 0 ? "standard input cannot be read"
					 : "standard input is longer than any secret");
	}
	out[size] = '\0';
	return OK;
}

/* Where signer_password takes one from. */
static const char *password_source(const struct signer *s)
{
	return s->password_file ? s->password_file : getenv("PLIMSOLL_PASSWORD") ? "PLIMSOLL_PASSWORD"
										 : "the terminal";
}

/* -- accounts ------------------------------------------------------------------------ */

/* The key in PLIMSOLL_KEY, if it is the account that is wanted.  ERR_NOT_FOUND: it is not, or not set. */
static enum err key_from_environment(u8 key[32], struct address *owner, struct fault *why,
				     const char *who)
{
	const char *text = getenv("PLIMSOLL_KEY");
	struct address wanted;

	if (!text || !*text)
		return ERR_NOT_FOUND;
	if (key_parse(key, text) || address_of_key(owner, key))
		return fault_set(why, ERR_SYNTAX, FAULT_LOCAL,
				 "PLIMSOLL_KEY is not a secret key: 64 hexadecimal digits");
	if (!who)
		return OK;
	if (hex_to_address(&wanted, who, strlen(who)) == OK && address_cmp(&wanted, owner) == 0)
		return OK;
	sodium_memzero(key, 32);
	return ERR_NOT_FOUND;
}

/* Refuses an address with wrong capitals: such a one is mistyped, and names nobody. */
static enum err who_check(struct fault *why, const char *who)
{
	struct address a;

	if (!who || address_parse(&a, who) != ERR_CANONICAL)
		return OK;
	return fault_set(why, ERR_CANONICAL, FAULT_LOCAL,
			 "%.80s is mistyped: its capitals do not match (EIP-55)", who);
}

/* The key file that is meant.  ERR_NOT_FOUND: none, or no only one. */
static enum err entry_find(struct keystore_entry *out, struct fault *why, const struct signer *s,
			   const char *who)
{
	char folder[KEYSTORE_PATH_MAX];
	const struct keystore_entry *found;
	struct keystore_list list;
	enum err e = OK;

	TRY(signer_folder(folder, why, s));
	TRY(keystore_scan(&list, folder));
	found = who ? keystore_find(&list, who) : list.count == 1 ? list.at
								  : NULL;
	if (found)
		*out = *found;
	else if (who)
		e = fault_set(why, ERR_NOT_FOUND, FAULT_LOCAL,
			      "no key of %.60s in %.200s; `plimsoll keys list` shows them", who,
			      folder);
	else if (list.count == 0)
		e = fault_set(
			why, ERR_NOT_FOUND, FAULT_LOCAL,
			"no key in %.200s; make one with `plimsoll keys new`, or set PLIMSOLL_KEY",
			folder);
	else
		e = fault_set(why, ERR_NOT_FOUND, FAULT_LOCAL,
			      "%zu keys in %.200s; say which with --from NAME or --from ADDRESS",
			      list.count, folder);
	keystore_list_free(&list);
	return e;
}

enum err signer_address(struct address *out, struct fault *why, const struct signer *s,
			const char *who)
{
	struct keystore_entry entry;
	u8 key[32];
	enum err e;

	TRY(who_check(why, who));
	if (who && address_parse(out, who) == OK)
		return OK;
	e = key_from_environment(key, out, why, who);
	sodium_memzero(key, sizeof key);
	if (e != ERR_NOT_FOUND)
		return e;
	TRY(entry_find(&entry, why, s, who));
	*out = entry.owner;
	return OK;
}

enum err signer_key(u8 key[32], struct fault *why, const struct signer *s, const char *who)
{
	char password[PASSWORD_MAX], prompt[128], reason[KEYSTORE_WHY_MAX], owner[HEX_ADDRESS_SIZE];
	struct keystore_entry entry;
	struct address address;
	json_t *file;
	enum err e;

	TRY(who_check(why, who));
	e = key_from_environment(key, &address, why, who);
	if (e != ERR_NOT_FOUND)
		return e;
	TRY(entry_find(&entry, why, s, who));
	if (keystore_read(&file, entry.path, reason))
		return fault_set(why, ERR_IO, FAULT_LOCAL, "%s", reason);
	hex_checksum_address(owner, &entry.owner);
	snprintf(prompt, sizeof prompt, "password of %s", *entry.name ? entry.name : owner);
	e = signer_password(password, why, s, prompt, false);
	if (!e) {
		e = keystore_decrypt(key, file, password, reason);
		if (e == ERR_SIGNATURE)
			fault_set(why, e, FAULT_LOCAL,
				  "%s from %.100s: give the one that %.200s was made with; without it only a phrase "
				  "or another copy has the key",
				  reason, password_source(s), entry.path);
		else if (e)
			fault_set(why, e, FAULT_LOCAL, "%s (%.200s)", reason, entry.path);
	}
	sodium_memzero(password, sizeof password);
	json_decref(file);
	return e;
}
