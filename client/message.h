#ifndef CLIENT_MESSAGE_H
#define CLIENT_MESSAGE_H

/* Signed messages (EIP-191, "personal_sign") and signatures as wallets exchange them. */

#include "base/ecdsa.h"

#define SIGNATURE_SIZE     65  /* r, s, and 27 or 28 */
#define SIGNATURE_TEXT_MAX 133 /* 0x, two digits a byte, NUL */

/* keccak256("\x19Ethereum Signed Message:\n" || decimal length || message). */
void message_digest(struct hash *out, struct bytes message);

void signature_write(u8 out[SIGNATURE_SIZE], const struct signature *s);
void signature_format(char out[SIGNATURE_TEXT_MAX], const struct signature *s);
/* 65 bytes with v of 0, 1, 27 or 28, or the 64 of EIP-2098.  ERR_SYNTAX: not hexadecimal; ERR_SIZE: another
 * length; ERR_RANGE: another v; ERR_SIGNATURE: r or s out of range, or s in the upper half. */
MUST_CHECK enum err signature_parse(struct signature *out, const char *text);

#endif
