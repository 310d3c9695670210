#ifndef TESTS_SUPPORT_HASH_TEXT_H
#define TESTS_SUPPORT_HASH_TEXT_H

/* 32 bytes as tests write them: a role of the market by its name ("POOL_ADMIN",
 * "DEFAULT_ADMIN" is all zeros), "0x..." as digits from the left, anything else as text from
 * the left. */

#include "base/types.h"

#define HASH_TEXT_MAX 67

struct hash hash_of_text(const char *text);
/* A role's name, or 0x and 64 digits; returns out. */
const char *text_of_hash(char out[HASH_TEXT_MAX], const struct hash *h);

#endif
