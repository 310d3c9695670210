#ifndef CLIENT_UNICODE_H
#define CLIENT_UNICODE_H

/* Unicode's compatibility forms of a secret text, in which what looks alike is alike.
 *
 *     as typed  u + U+0308 (two code points)   or  U+00FC (one)
 *     NFKC      U+00FC                             in key files, as ethers writes them
 *     NFKD      u + U+0308                         in recovery phrases, as BIP-39 demands
 *
 * Copies are wiped from memory before every return. */

#include "base/err.h"

#define UNICODE_INPUT_MAX 1024                     /* bytes of a text, its NUL included */
#define UNICODE_FORM_MAX  (11 * UNICODE_INPUT_MAX) /* of its form: U+FDFA, the worst, becomes 33 bytes of 3 */

/* ERR_TYPE: text is not UTF-8; ERR_SIZE: it has UNICODE_INPUT_MAX bytes or more. */
MUST_CHECK enum err unicode_nfkc(char out[UNICODE_FORM_MAX], const char *text);
MUST_CHECK enum err unicode_nfkd(char out[UNICODE_FORM_MAX], const char *text);

#endif
