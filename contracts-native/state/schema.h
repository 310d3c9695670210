#ifndef CONTRACTS_STATE_SCHEMA_H
#define CONTRACTS_STATE_SCHEMA_H

/* The whole state of the chain, table by table: this file is the schema.
 *
 * A record is a plain struct without padding; numbers are little-endian, as the
 * machines we build for lay them out, so the struct's bytes are its one canonical
 * encoding.  On disk and in the state tree a record's key is the table's number
 * (one byte) and the key struct's bytes.  A record that is all zero is the same
 * as no record: writing one removes it, reading an absent one yields zeros. */

#include <assert.h>

#include "base/u256.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are little-endian structs");

/* Two limbs: amounts that Aave keeps in 128 bits or fewer. */
struct u128le {
	u64 limb[2];
};

/* A native contract instance: its kind (contracts-native/dispatch/address.h) and number. */
struct contract_id {
	u16 kind;
	u16 index;
};

/* Keys and members are aligned by hand. */
/* clang-format off */

/* -- chain ------------------------------------------------------------------ */

struct chain_key { u8 zero; };
struct chain {              /* written by genesis, read by everyone */
	u64 chain_id;
	u64 gas_limit;          /* of a block */
	struct u256 base_fee;   /* wei a gas; constant */
	struct hash genesis;    /* Keccak of the canonical genesis text: salt of oracle signatures */
	u64 genesis_time;
	u16 token_count, feed_count, reserve_count, reserved;
	u32 devnet;             /* 1: faucet and public mint exist */
	u32 reserved2;
};

struct account_key { struct address owner; };
struct account {            /* the native gas coin */
	u64 nonce;
	struct u256 balance;    /* wei */
};

/* -- tokens ----------------------------------------------------------------- */

struct token_key { u16 index; };
struct token {              /* an ERC-20 from genesis */
	struct u256 supply;
	char name[32];          /* NUL-padded; no terminator when full */
	char symbol[16];
	u64 decimals;
	struct u256 drip;       /* what the devnet faucet gives at once, base units */
};

struct balance_key { u16 token; struct address owner; };
struct balance { struct u256 amount; };

/* Allowances and permit nonces of every contract that has them: ERC-20, aToken,
 * and credit delegation of debt tokens (owner = delegator, spender = delegatee). */
struct allowance_key { struct contract_id contract; struct address owner, spender; };
struct allowance { struct u256 amount; };

struct permit_key { struct contract_id contract; struct address owner; };
struct permit { u64 nonce; };

/* -- lending (Aave v3.6; field meanings in docs/lending.md) ------------------- */

struct pool_key { u8 zero; };
struct pool {
	u32 flash_premium;        /* bps */
	u32 reserved;
	struct address treasury;
	struct address admin;     /* of genesis: default admin of roles, pool admin */
	struct address umbrella;  /* may cover deficits */
	u32 reserved2;
};

struct reserve_key { u16 id; };
struct reserve {
	struct u256 configuration;        /* Aave's packed word: lending/configuration.h */
	struct u128le liquidity_index;    /* ray */
	struct u128le borrow_index;       /* ray */
	struct u128le liquidity_rate;     /* ray a year */
	struct u128le borrow_rate;        /* ray a year */
	struct u128le accrued_to_treasury;/* scaled */
	struct u128le virtual_balance;    /* underlying units */
	struct u128le deficit;            /* underlying units */
	struct u128le isolated_debt;      /* dollars, 2 decimals */
	struct u256 scaled_supply;        /* aToken */
	struct u256 scaled_debt;          /* variable debt token */
	u64 updated_at;                   /* unix seconds */
	u64 grace_until;                  /* unix seconds */
	u32 optimal, base, slope1, slope2;/* rate curve, bps */
	u16 token, feed;                  /* underlying token index, price feed index */
	u16 pending_ltv;                  /* bps, set while frozen */
	u16 listed;                       /* 1; 0 once dropped, when only decimals, token and feed stay */
};

/* Which reserve a token is listed as: id + 1. */
struct listing_key { u16 token; };
struct listing { u64 reserve_plus_one; };

/* One user's two balances in one reserve, and the indexes at which they last changed. */
struct position_key { u16 reserve; struct address owner; };
struct position {
	struct u128le scaled_supply, supply_index;
	struct u128le scaled_debt, debt_index;
};

struct user_key { struct address owner; };
struct user {
	struct u256 configuration;  /* bit 2i: borrows reserve i; bit 2i+1: uses it as collateral */
	u64 emode;                  /* category, 0 = none */
};

struct emode_key { u8 id; };
struct emode {
	u16 ltv, liquidation_threshold, liquidation_bonus, reserved;
	struct u128le collateral, borrowable, ltvzero; /* bit i: reserve i */
	char label[64];
};

struct manager_key { struct address user, manager; };
struct manager { u64 approved; };

/* Who may govern: members of each role, and the role whose members decide on it (zero: the
 * default admin role).  Names: lending/acl.h. */
struct role_key { struct hash role; struct address member; };
struct role { u64 granted; };

struct role_admin_key { struct hash role; };
struct role_admin { struct hash admin; };

/* -- oracle ------------------------------------------------------------------- */

struct oracle_set_key { u8 zero; };
struct oracle_set {           /* the active reporter set */
	u64 set_id;
	u64 period;               /* seconds a round */
	struct hash digest;       /* setDigest of every report */
	u64 reporter_count;       /* n = 3f + 1 */
	u64 faulty_max;           /* f */
	u64 last_round;           /* newest accepted */
};

struct reporter_key { u8 index; };
struct reporter {
	struct address key;       /* secp256k1 address that signs */
	u32 reserved;
	u64 last_round;           /* newest round it was part of */
	u64 reports;              /* accepted so far */
	u64 equivocations;        /* proven */
	u64 equivocated_round;    /* newest round they were proven for */
};

struct feed_key { u16 index; };
struct feed {
	struct hash id;           /* keccak256("ETH/USD:spot:1") */
	char description[32];     /* "ETH / USD" */
	struct u128le price;      /* 18 decimals; 0 until the first round */
	struct u128le confidence; /* 18 decimals */
	struct u256 answer;       /* int256, 8 decimals: what AggregatorV3 says */
	u64 round;                /* AggregatorV3 round, contiguous from 1; 0 = none yet */
	u64 observed_at;          /* median of the reporters' times */
	u64 updated_at;           /* block time of acceptance */
	u64 oracle_round;         /* oracle round it came from */
	u32 status;               /* bits: oracle/feed.h */
	u32 venues_min;           /* least venues behind a report that counted */
	u32 max_age;              /* seconds after which the price is stale */
	u32 reporters;            /* how many reports the median is of */
};

/* The last FEED_HISTORY answers of each feed: slot = round % FEED_HISTORY. */
#define FEED_HISTORY 1024
struct feed_round_key { u16 feed; u16 slot; };
struct feed_round {
	u64 round;
	struct u256 answer;
	u64 observed_at, updated_at;
};

/* -- devnet ------------------------------------------------------------------- */

struct faucet_key { struct address owner; };
struct faucet { u64 last_drip; }; /* unix seconds */

/* Every table: name (also of the two structs), number.  Append, never renumber. */
#define TABLES(X)                                                              \
	X(chain,       1)                                                      \
	X(account,     2)                                                      \
	X(token,       3)                                                      \
	X(balance,     4)                                                      \
	X(allowance,   5)                                                      \
	X(permit,      6)                                                      \
	X(pool,        7)                                                      \
	X(reserve,     8)                                                      \
	X(listing,     9)                                                      \
	X(position,   10)                                                      \
	X(user,       11)                                                      \
	X(emode,      12)                                                      \
	X(manager,    13)                                                      \
	X(oracle_set, 14)                                                      \
	X(reporter,   15)                                                      \
	X(feed,       16)                                                      \
	X(feed_round, 17)                                                      \
	X(faucet,     18)                                                      \
	X(role,       19)                                                      \
	X(role_admin, 20)
/* clang-format on */

enum table {
#define X(name, number) TABLE_##name = number,
	TABLES(X)
#undef X
};

#define TABLE_KEY_MAX   56  /* bytes of the largest key struct, with the table byte */
#define TABLE_VALUE_MAX 320 /* bytes of the largest record */

#define X(name, number) \
	static_assert(sizeof(struct name##_key) < TABLE_KEY_MAX, "key too long"); \
	static_assert(sizeof(struct name) <= TABLE_VALUE_MAX, "record too long");
TABLES(X)
#undef X

struct table_info {
	const char *name;
	u32 key_size; /* of the key struct, without the table byte */
	u32 value_size;
};
/* table_info tells a table's sizes; NULL for a number that is no table. */
const struct table_info *table_info(unsigned number);

#endif
