#include "client/message.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"

void message_digest(struct hash *out, struct bytes message)
{
	char head[64];
	int size = snprintf(head, sizeof head, "\x19"
					       "Ethereum Signed Message:\n%zu",
			    message.size);
	struct bytes parts[] = { { (const u8 *)head, (size_t)size }, message };

	keccak256_parts(out, parts, ARRAY_COUNT(parts));
}

void signature_write(u8 out[SIGNATURE_SIZE], const struct signature *s)
{
	u256_to_be(out, &s->r);
	u256_to_be(out + 32, &s->s);
	out[64] = (u8)(27 + s->y_parity);
}

void signature_format(char out[SIGNATURE_TEXT_MAX], const struct signature *s)
{
	u8 bytes[SIGNATURE_SIZE];

	signature_write(bytes, s);
	hex_from_bytes(out, (struct bytes){ bytes, sizeof bytes });
}

enum err signature_parse(struct signature *out, const char *text)
{
	u8 bytes[SIGNATURE_SIZE];
	struct signature s;
	size_t size;

	TRY(hex_to_bytes(bytes, &size, sizeof bytes, text, strlen(text)));
	if (size == 64) { /* EIP-2098: the parity is the highest bit of s */
		s.y_parity = bytes[32] >> 7;
		bytes[32] &= 0x7f;
	} else if (size != SIGNATURE_SIZE) {
		return ERR_SIZE;
	} else {
		s.y_parity = bytes[64] >= 27 ? (u8)(bytes[64] - 27) : bytes[64];
		if (s.y_parity > 1)
			return ERR_RANGE;
	}
	s.r = u256_from_be(bytes);
	s.s = u256_from_be(bytes + 32);
	if (!signature_is_canonical(&s))
		return ERR_SIGNATURE;
	*out = s;
	return OK;
}
