#ifndef DEMO_BOARD_H
#define DEMO_BOARD_H

/* Everything that is known about the run, as the view and the summary show it.  Numbers
 * are for reading: tokens and dollars as double.  Filled from JSON-RPC alone, by
 * watch.h (blocks and their events) and market.h (the state at the head). */

#include "cmd/plimsoll-demo/replay.h"
#include "cmd/plimsoll-demo/tally.h"

#define BOARD_LAST_LIQUIDATIONS 5
#define BOARD_LOWEST            5

struct reserve_row {
	double price, first_price;     /* dollars */
	double supplied, borrowed;     /* tokens */
	double supply_apr, borrow_apr; /* ratios */
	double utilization;            /* ratio */
	double deficit;                /* tokens that nobody owes any more */
	double accrued;                /* tokens earned for the treasury and not minted yet */
	double treasury;               /* tokens it has supplied: what was minted, liquidation fees */
	double held;                   /* tokens that people and the treasury may claim, each asked for */
	double cash;                   /* tokens at hand */
};

struct liquidation_row {
	struct address borrower;
	enum asset collateral, debt;
	double seized, covered;         /* tokens */
	double seized_usd, covered_usd; /* at the block's prices */
	u64 height;
};

struct risk_row {
	struct address owner;
	double health, collateral_usd, debt_usd;
};

struct board {
	/* the chain */
	u64 begins, ends; /* of the replay, chain time */
	u64 time, height;
	u64 transactions, failed; /* in blocks */
	double tps;               /* of the last seconds */
	double seconds;           /* wall, since the start */
	bool is_over;             /* the replay is */
	/* the oracle */
	u64 oracle_rounds; /* accepted */
	u64 oracle_period;
	u64 price_time; /* block time of the newest answer of ether */
	/* the market */
	struct reserve_row reserves[ASSET_COUNT];
	u64 accounts_with_debt, below_1_1, below_1;
	u64 below_1_max;
	struct risk_row lowest[BOARD_LOWEST];
	u32 lowest_count;
	/* liquidations */
	u64 liquidations, deficits_created;
	double covered_usd, seized_usd;                       /* all of them */
	double bad_debt_usd;                                  /* deficits when they were made */
	struct liquidation_row last[BOARD_LAST_LIQUIDATIONS]; /* newest first */
	u32 last_count;
	/* the people */
	u32 suppliers, borrowers;
	u64 sent, refused;
	struct tally failures; /* of transactions in blocks, by reason */
};

double board_supplied_usd(const struct board *b);
double board_held_usd(const struct board *b);
double board_borrowed_usd(const struct board *b);
double board_treasury_usd(const struct board *b);
double board_deficit_usd(const struct board *b); /* at the prices of now */
void board_add_liquidation(struct board *b, const struct liquidation_row *l);

#endif
