#ifndef CONTRACTS_TOKEN_TOKEN_H
#define CONTRACTS_TOKEN_TOKEN_H

/* The ERC-20 tokens of the chain, one per genesis entry, with the errors, events and
 * order of checks of OpenZeppelin v5.
 *
 * These functions are what the native contracts call; the ABI over them is the contract
 * row at the end of token.c.  Events come from the token's own address. */

#include "base/fixed.h"
#include "contracts-native/dispatch/call.h"

struct amount token_balance(struct state *s, u16 token, const struct address *owner);

/* token_move: ERC20InvalidSender, ERC20InvalidReceiver (the zero address), then
 * ERC20InsufficientBalance(from, balance, needed).  Emits Transfer. */
MUST_CHECK enum err token_move(struct call *c, u16 token, const struct address *from,
			       const struct address *to, struct amount amount);

/* token_mint makes new ones.  ERC20InvalidReceiver; ERR_ARITHMETIC: the supply is full. */
MUST_CHECK enum err token_mint(struct call *c, u16 token, const struct address *to, struct amount amount);

/* token_approve: ERC20InvalidApprover, ERC20InvalidSpender (the zero address).  Emits Approval. */
MUST_CHECK enum err token_approve(struct call *c, u16 token, const struct address *owner,
				  const struct address *spender, struct amount amount);

/* token_move_from spends from's allowance to spender, then moves.
 * ERC20InsufficientAllowance(spender, allowance, needed) first; 2^256-1 is never reduced. */
MUST_CHECK enum err token_move_from(struct call *c, u16 token, const struct address *spender,
				    const struct address *from, const struct address *to,
				    struct amount amount);

/* Text in a record's field of size bytes, which NULs fill up. */
struct bytes padded_text(const char *at, size_t size);
/* Name and symbol of a token. */
struct bytes token_name(const struct token *t);
struct bytes token_symbol(const struct token *t);

extern const struct contract TOKEN_CONTRACT;

#endif
