#ifndef CLIENT_KEYSTORE_H
#define CLIENT_KEYSTORE_H

/* Secret keys in files: Ethereum's "Web3 Secret Storage", version 3, as geth, ethers and
 * most wallets read and write it.
 *
 *     derived    = scrypt or PBKDF2-HMAC-SHA256 (password, salt), 32 bytes
 *     ciphertext = AES-128-CTR(key = derived[0..16), iv)
 *     mac        = keccak256(derived[16..32) || ciphertext)
 *
 * A password is written in Unicode's NFKC form, as ethers does; a file is opened with the bytes as they are, as
 * geth does, or else with that form.
 *
 * A file is checked against its mac before anything is decrypted, and against its own
 * address after.  Work that a file may ask for is capped, so that a hostile one
 * cannot exhaust memory.  Secrets are wiped from memory before every return. */

#include <jansson.h>

#include "base/err.h"

#define KEYSTORE_WHY_MAX  256
#define KEYSTORE_PATH_MAX 1024
#define KEYSTORE_NAME_MAX 64

struct keystore_work {
	u64 n; /* scrypt: a power of two */
	u32 r, p;
};
/* 256 MiB and about a second, as geth's default; or 4096 / 8 / 6 for tests and devnets. */
extern const struct keystore_work KEYSTORE_STANDARD, KEYSTORE_LIGHT;

/* keystore_encrypt makes the JSON of a new file.  name is kept beside the key; NULL or "" for none.
 * NULL: out of memory, or not a valid key. */
json_t *keystore_encrypt(const u8 key[32], const char *password, const char *name,
			 const struct keystore_work *work);
/* keystore_decrypt reads it.  ERR_SYNTAX: not such a file; ERR_TYPE: a cipher or key
 * derivation this does not know; ERR_SIZE: it asks for too much work; ERR_SIGNATURE: wrong
 * password; ERR_MISMATCH: the key inside is of another address.  why says so in words. */
MUST_CHECK enum err keystore_decrypt(u8 key[32], const json_t *file, const char *password,
				     char why[KEYSTORE_WHY_MAX]);

/* -- a folder of them --------------------------------------------------------------- */

struct keystore_entry {
	struct address owner;
	char name[KEYSTORE_NAME_MAX]; /* "" if none */
	char path[KEYSTORE_PATH_MAX];
};
struct keystore_list {
	struct keystore_entry *at; /* by file name: oldest first */
	size_t count;
};

/* keystore_write creates folder if need be, and in it UTC--<time>--<address>, mode 0600, complete
 * or not at all.  path receives where.  ERR_EXISTS: the folder has this address already. */
MUST_CHECK enum err keystore_write(char path[KEYSTORE_PATH_MAX], const char *folder, const json_t *file,
				   char why[KEYSTORE_WHY_MAX]);
/* keystore_scan lists what looks like a key file; a missing folder is empty.  ERR_FULL: out of memory. */
MUST_CHECK enum err keystore_scan(struct keystore_list *out, const char *folder);
void keystore_list_free(struct keystore_list *l);
/* The entry with this name or address in hexadecimal; NULL if none. */
const struct keystore_entry *keystore_find(const struct keystore_list *l, const char *who);
/* A key file as JSON.  ERR_IO, ERR_SYNTAX. */
MUST_CHECK enum err keystore_read(json_t **out, const char *path, char why[KEYSTORE_WHY_MAX]);

#endif
