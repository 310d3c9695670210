#ifndef CLIENT_MNEMONIC_H
#define CLIENT_MNEMONIC_H

/* Recovery phrases: BIP-39 with the English list, as other wallets write them.
 *
 *     entropy  16, 20, 24, 28 or 32 random bytes
 *     phrase   (entropy || first bits of SHA-256(entropy)), 11 bits a word: 12 to 24 words
 *     seed     PBKDF2-HMAC-SHA512(phrase, "mnemonic" || passphrase, 2048 rounds), 64 bytes
 *
 * A phrase that is read may have capitals and any space between words.  Phrase and
 * passphrase are brought into Unicode's NFKD form, so that it does not matter how an accent was typed.
 *
 * client/bip39_english.txt is the list of the BIP itself, by Pavol Rusnak and others, under the
 * MIT license. */

#include "base/err.h"

#define MNEMONIC_WORDS_MAX   24
#define MNEMONIC_TEXT_MAX    256 /* bytes of a phrase: words of at most 8 letters */
#define MNEMONIC_ENTROPY_MAX 32
#define MNEMONIC_SEED_SIZE   64
#define MNEMONIC_WHY_MAX     128

/* The list, a word a line, in alphabetical order. */
struct bytes mnemonic_list(void);

/* ERR_SIZE: entropy is not 16, 20, 24, 28 or 32 bytes. */
MUST_CHECK enum err mnemonic_from_entropy(char out[MNEMONIC_TEXT_MAX], struct bytes entropy);
/* ERR_SIZE: not 12, 15, 18, 21 or 24 words; ERR_NOT_FOUND: a word is not in the list; ERR_CANONICAL:
 * the last word does not fit the others.  why says which, without repeating the phrase. */
MUST_CHECK enum err mnemonic_to_entropy(u8 out[MNEMONIC_ENTROPY_MAX], size_t *size, const char *phrase,
					char why[MNEMONIC_WHY_MAX]);
/* The seed of any phrase, in any language: whether it is one is not looked at.  ERR_TYPE: not UTF-8; ERR_SIZE:
 * UNICODE_INPUT_MAX bytes or more. */
MUST_CHECK enum err mnemonic_stretch(u8 out[MNEMONIC_SEED_SIZE], const char *phrase, const char *passphrase);
/* The seed of a phrase; errors of both.
 * passphrase "" for none. */
MUST_CHECK enum err mnemonic_seed(u8 out[MNEMONIC_SEED_SIZE], const char *phrase, const char *passphrase,
				  char why[MNEMONIC_WHY_MAX]);

#endif
