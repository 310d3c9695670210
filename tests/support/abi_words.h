#ifndef TESTS_SUPPORT_ABI_WORDS_H
#define TESTS_SUPPORT_ABI_WORDS_H

/* ABI encodings as a test can spell them, word by word:
 *
 *     1f       a number in hexadecimal
 *     ~80      a number filled up with ones on the left: -128
 *     'abc'    text, aligned to the left
 *
 * so that "60 1 a0 4 'dave' 3 1 2 3" is sam(bytes,bool,uint256[]) of the ABI's
 * specification.  A mistake in the spelling is a failed assertion. */

#include "base/abi.h"

#define ABI_WORDS_MAX 64

/* At most ABI_WORDS_MAX words, in a buffer that the next call overwrites. */
struct bytes abi_words(const char *tokens);

/* The types of a signature that has to parse; valid until the next call. */
const struct abi_types *abi_types_of(const char *signature);

#endif
