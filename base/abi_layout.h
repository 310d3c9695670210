#ifndef BASE_ABI_LAYOUT_H
#define BASE_ABI_LAYOUT_H

/* What the decoder and the encoder of base/abi.h agree on: how large a head is
 * and which words are clean.  Nobody else needs it.
 *
 *     tuple or array = head of each member, then tail of each dynamic member
 *     head of a dynamic member = offset of its tail, counted from the first head
 *     an array of varying length is its length, then that */

#include "base/abi.h"

#define ABI_WORD 32 /* bytes */

/* abi_head_size is the bytes that the heads of a tuple, or of an array of count
 * elements, take.  Requires the node to be of such a kind; count is only read
 * for arrays. */
size_t abi_head_size(const struct abi_types *types, u16 node, u32 count);

/* abi_word_is_clean tells whether a word holds a value of a one-word type: the
 * bits that do not belong to it are zero, or copies of the sign of an INT.
 * Requires such a type. */
bool abi_word_is_clean(const struct abi_type *type, const u8 word[ABI_WORD]);

/* abi_is_word: one of the types that a single word holds. */
bool abi_is_word(enum abi_kind kind);

/* abi_is_zero: size <= 32 bytes, all zero. */
bool abi_is_zero(const u8 *at, size_t size);

#endif
