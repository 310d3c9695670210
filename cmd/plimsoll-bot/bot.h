#ifndef PLIMSOLL_BOT_H
#define PLIMSOLL_BOT_H

/* The reference liquidator.  For each new block:
 *
 *     flights_settle   receipts of what was sent: profit, or who was faster
 *     purse_count      nonce, own balances and allowances, as the node sees them
 *     scan             accounts below 1, worst first -> every pair of debt and collateral ->
 *                      the node's quote of each -> the best for each account
 *     jobs_run         approve once, pay with what the purse holds, send, do not wait
 *
 * Nothing is kept on disk: a restarted bot finds everything at the node. */

#include "client/liquidation.h"
#include "client/market.h"
#include "client/wallet.h"

#define JOBS_MAX        256  /* accounts looked at in one block */
#define PAIRS_MAX       16   /* debt and collateral of one account */
#define BATCH_MAX       50   /* calls in one request */
#define FLIGHTS_MAX     512  /* transactions without a receipt */
#define RESTS_MAX       1024 /* accounts left alone for a while */
#define REST_BLOCKS     5    /* how long, after a refusal */
#define FLIGHT_BLOCKS   60   /* after so many without a receipt it is given up */
#define FAUCET_PAUSE_MS 61000

struct bot_config {
	struct u256 profit_min; /* dollars, 8 decimals, after gas */
	struct u256 coin_price; /* dollars, 8 decimals, for one coin of gas; 0 = gas is free */
	struct u256 tip;        /* wei a gas; 0 = what the node recommends */
	u64 interval_ms;
	bool is_once, is_dry, is_json, uses_faucet, receives_atoken;
};

enum flight_kind { FLIGHT_LIQUIDATION,
		   FLIGHT_APPROVAL,
		   FLIGHT_FAUCET };

/* A transaction on its way. */
struct flight {
	enum flight_kind kind;
	struct hash hash;
	u64 nonce, sent_at; /* height */
	struct liquidation what;
	struct u256 cost; /* base units of debt that it may take */
};

/* One account and the best way to liquidate it. */
struct job {
	struct liquidation what;
	struct liquidation_quote quote;
	const struct market *debt, *collateral;
	struct u256 profit; /* dollars, 8 decimals, after gas */
	bool is_worth_it;
};

struct rest {
	struct address user;
	u64 until; /* height */
};

/* Own funds in one token. */
struct purse {
	struct u256 free; /* balance less what flights may take */
	bool is_approved;
};

/* Accounts below 1 that are left alone in a block, and why. */
struct bot_tally {
	u32 poor;           /* too little profit */
	u32 refused;        /* the pool would refuse; reason tells the last one's */
	u32 short_of_funds; /* too little of the debt token; token tells the last one's */
	const char *reason, *token;
};

struct bot_totals {
	u64 liquidations, raced, refused;
	struct u256 profit; /* dollars, 8 decimals */
};

struct bot {
	struct bot_config config;
	struct wallet wallet;
	struct rpc_client *rpc;
	struct market_list markets;
	struct purse purses[MARKETS_MAX];
	struct u256 coins;          /* wei */
	struct u256 gas_price, tip; /* wei a gas: all included, and the part that is tip */
	u64 height, nonce;
	u64 faucet_at_ms; /* monotonic; 0 = never asked */
	struct job jobs[JOBS_MAX];
	size_t job_count;
	struct flight flights[FLIGHTS_MAX];
	size_t flight_count;
	struct rest rests[RESTS_MAX]; /* a ring */
	size_t rest_next;
	struct bot_totals totals;
	struct bot_tally tally; /* the last one that was logged */
	struct fault why;
};

/* scan.c */
MUST_CHECK enum err scan(struct bot *b);
/* What the quote leaves after gas, and whether that is enough. */
void job_judge(const struct bot *b, struct job *j);
/* The job once more with another amount of debt.  ERR_REVERT: the pool would refuse. */
MUST_CHECK enum err job_requote(struct bot *b, struct job *j, const struct u256 *amount);

/* run.c */
MUST_CHECK enum err purse_count(struct bot *b);
void jobs_run(struct bot *b);

/* settle.c */
MUST_CHECK enum err flights_settle(struct bot *b);
bool bot_flies_to(const struct bot *b, const struct address *user); /* a liquidation is on its way */
bool bot_rests(const struct bot *b, const struct address *user);
void bot_rest(struct bot *b, const struct address *user, u64 blocks);

/* log.c: one line each, or one JSON object with --json. */
void log_job(const struct bot *b, const char *event, const struct job *j, const struct hash *hash);
void log_settled(const struct bot *b, const struct flight *f, const struct u256 *covered, const struct u256 *seized,
		 const struct u256 *profit, bool is_loss, u64 height);
/* A line if the tally differs from the last one. */
void log_tally(struct bot *b, const struct bot_tally *tally);
void log_text(const struct bot *b, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

u64 clock_ms(void); /* monotonic */

#endif
