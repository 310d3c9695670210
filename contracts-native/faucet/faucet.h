#ifndef CONTRACTS_FAUCET_FAUCET_H
#define CONTRACTS_FAUCET_FAUCET_H

/* The devnet's faucet: newly made tokens and gas coins for whoever asks, once a minute for
 * each receiver.
 *
 * drip(token, to) gives the token's drip of the genesis, or 10 gas coins if token is the
 * zero address; dripAll(to) gives everything at once.  NotDevnet elsewhere;
 * FaucetTooSoon(next) tells when the receiver may come back (unix seconds). */

#include "contracts-native/dispatch/call.h"

#define FAUCET_PERIOD 60 /* seconds between two drips to one receiver */
#define FAUCET_COINS  10 /* gas coins a drip */

extern const struct contract FAUCET_CONTRACT;

#endif
