#ifndef CLIENT_SIGNER_H
#define CLIENT_SIGNER_H

/* Which account a program acts as, and its key.
 *
 *     who         given: a name or an address of the key folder, or any address to watch
 *     PLIMSOLL_KEY  the key itself in hexadecimal: for scripts and bots
 *     otherwise   the only key of the folder
 *
 * A password comes from a file (its first line), from PLIMSOLL_PASSWORD, or from the terminal
 * without being shown, in this order. */

#include "client/fault.h"
#include "client/keystore.h"

struct signer {
	const char *folder;        /* of key files; NULL: the default, ~/.plimsoll/keystore */
	const char *password_file; /* NULL: none */
};

#define PASSWORD_MAX 1024

/* The folder as a path.  ERR_NOT_FOUND: there is no home. */
MUST_CHECK enum err signer_folder(char out[KEYSTORE_PATH_MAX], struct fault *why, const struct signer *s);
/* Whose account it is: needs no password.  who may be NULL. */
MUST_CHECK enum err signer_address(struct address *out, struct fault *why, const struct signer *s, const char *who);
/* Its key; the caller wipes it. */
MUST_CHECK enum err signer_key(u8 key[32], struct fault *why, const struct signer *s, const char *who);
/* is_new: asks twice.  The caller wipes it. */
MUST_CHECK enum err signer_password(char out[PASSWORD_MAX], struct fault *why, const struct signer *s,
				    const char *prompt, bool is_new);
/* Any other secret: a line of the terminal, not shown, or all of standard input if that is none.
 * ERR_SIZE: PASSWORD_MAX or more.  The caller wipes it. */
MUST_CHECK enum err signer_secret(char out[PASSWORD_MAX], struct fault *why, const char *prompt);
/* 64 hexadecimal digits with or without 0x, and space around.  ERR_SYNTAX. */
MUST_CHECK enum err key_parse(u8 key[32], const char *text);

#endif
