#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Every way in which input, a peer or a disk can make a function fail.  What
 * only our own mistake can cause is an assert instead.
 *
 * Numbers go into logs and stay: append, never renumber.  A function that
 * fails leaves *out as it was. */

#include "base/types.h"

/* clang-format off */
/*   name            code  text shown to people */
#define ERR_LIST(X)                                                            \
	X(OK,               0, "ok")                                           \
	/* contract execution: how a call ends without success */             \
	X(ERR_REVERT,       1, "execution reverted")                           \
	X(ERR_BARE,         2, "execution reverted without data")              \
	X(ERR_ARITHMETIC,   3, "arithmetic overflow or underflow")             \
	X(ERR_PANIC_ENUM,   4, "value outside its enumeration")                \
	X(ERR_PANIC_INDEX,  5, "array index out of range")                     \
	X(ERR_OUT_OF_GAS,   6, "out of gas")                                   \
	X(ERR_PANIC_DIVIDE, 7, "division by zero")                             \
	/* decoding */                                                         \
	X(ERR_TRUNCATED,   16, "input ends too early")                         \
	X(ERR_TRAILING,    17, "input has trailing bytes")                     \
	X(ERR_CANONICAL,   18, "input is not in canonical form")               \
	X(ERR_RANGE,       19, "value out of range")                           \
	X(ERR_SYNTAX,      20, "malformed input")                              \
	X(ERR_DEPTH,       21, "nested too deeply")                            \
	X(ERR_SIZE,        22, "too large")                                    \
	X(ERR_TYPE,        23, "unsupported type")                             \
	X(ERR_SIGNATURE,   24, "invalid signature")                            \
	X(ERR_ORDER,       25, "entries out of order")                         \
	/* resources and disk */                                               \
	X(ERR_FULL,        32, "no room left")                                 \
	X(ERR_NOT_FOUND,   33, "not found")                                    \
	X(ERR_IO,          34, "input/output error")                           \
	X(ERR_CORRUPT,     35, "stored data is damaged")                       \
	X(ERR_PRUNED,      36, "pruned history unavailable")                   \
	X(ERR_MISMATCH,    37, "belongs to another chain")                     \
	X(ERR_EXISTS,      38, "already exists")                               \
	X(ERR_BUSY,        39, "in use by another process")                    \
	X(ERR_TIMEOUT,     40, "request timed out")                            \
	/* transaction admission (contracts-native/chain/tx.h) */             \
	X(ERR_TX_TYPE,        64, "transaction type not supported")            \
	X(ERR_TX_CHAIN_ID,    65, "invalid chain id for signer")               \
	X(ERR_TX_UNPROTECTED, 66, "only replay-protected (EIP-155) transactions allowed over RPC") \
	X(ERR_TX_CREATION,    67, "contract creation not supported")           \
	X(ERR_TX_SENDER,      68, "invalid sender")                            \
	X(ERR_TX_NONCE_LOW,   69, "nonce too low")                             \
	X(ERR_TX_NONCE_HIGH,  70, "nonce too high")                            \
	X(ERR_TX_NONCE_MAX,   71, "nonce has max value")                       \
	X(ERR_TX_FUNDS,       72, "insufficient funds for gas * price + value")\
	X(ERR_TX_GAS_LOW,     73, "intrinsic gas too low")                     \
	X(ERR_TX_GAS_BLOCK,   74, "exceeds block gas limit")                   \
	X(ERR_TX_FEE_LOW,     75, "max fee per gas less than block base fee")  \
	X(ERR_TX_TIP_HIGH,    76, "max priority fee per gas higher than max fee per gas") \
	X(ERR_TX_SIZE,        77, "oversized data")                            \
	X(ERR_TX_KNOWN,       78, "already known")                             \
	X(ERR_TX_UNDERPRICED, 79, "replacement transaction underpriced")       \
	X(ERR_TX_POOL_FULL,   80, "txpool is full")                            \
	/* oracle envelopes (oracle/) */                                       \
	X(ERR_ORACLE_SET,        96, "report of another reporter set")         \
	X(ERR_ORACLE_ROUND,      97, "report of another round")                \
	X(ERR_ORACLE_STALE,      98, "round already closed or too old")        \
	X(ERR_ORACLE_FUTURE,     99, "report from the future")                 \
	X(ERR_ORACLE_REPORTER,  100, "unknown reporter")                       \
	X(ERR_ORACLE_QUORUM,    101, "too few reports")                        \
	X(ERR_ORACLE_FEED,      102, "unknown feed")                           \
	X(ERR_ORACLE_EQUIVOCATION, 103, "two different reports of one reporter for one round")

/* clang-format on */

enum err {
#define X(name, code, text) name = code,
	ERR_LIST(X)
#undef X
};

/* err_text is the text column; err_name the first one.  Never NULL. */
const char *err_text(enum err e);
const char *err_name(enum err e);

/* TRY passes a failure up to the caller. */
#define TRY(call) \
	do { \
		enum err try_err_ = (call); \
		if (try_err_ != OK) \
			return try_err_; \
	} while (0)

#endif
