#ifndef CONTRACTS_LENDING_SCALED_TOKEN_H
#define CONTRACTS_LENDING_SCALED_TOKEN_H

/* What aTokens and variable debt tokens have in common: two sides of one position record,
 * read by the same methods.  c->id tells which side. */

#include "contracts-native/lending/position.h"
#include "contracts-native/token/permit.h"

#define TOKEN_TEXT_MAX 64 /* bytes of any name or symbol here */

/* A prefix and the symbol of a token, in out. */
struct bytes token_text(struct state *s, u16 token, const char *prefix, char out[TOKEN_TEXT_MAX]);

/* The reserve whose token this is. */
struct reserve_open scaled_token_reserve(struct call *c);
bool scaled_token_exists(struct state *s, u16 index);

/* Checks a signed allowance and uses up its nonce.  ZeroAddressNotValid: no owner;
 * InvalidExpiration: too late; InvalidSignature: not the owner's. */
MUST_CHECK enum err scaled_token_permit(struct call *c, const struct permit_request *p);

/* Methods. */
enum err scaled_token_name(struct call *c);
enum err scaled_token_symbol(struct call *c);
enum err scaled_token_decimals(struct call *c);
enum err scaled_token_underlying(struct call *c);
enum err scaled_token_pool(struct call *c);
enum err scaled_token_total_supply(struct call *c);
enum err scaled_token_balance_of(struct call *c);
enum err scaled_token_scaled_total_supply(struct call *c);
enum err scaled_token_scaled_balance_of(struct call *c);
enum err scaled_token_balance_and_supply(struct call *c); /* both scaled */
enum err scaled_token_previous_index(struct call *c);
enum err scaled_token_nonces(struct call *c);
enum err scaled_token_domain_separator(struct call *c);
enum err scaled_token_eip712_revision(struct call *c);
enum err scaled_token_revision(struct call *c);

#endif
