#ifndef CMD_FEEDER_VIEW_H
#define CMD_FEEDER_VIEW_H

/* What a reporter needs to know of the chain, asked with plimsoll_oracleInfo, and the way
 * back: plimsoll_submitReport. */

#include "client/rpc.h"
#include "oracle/report.h"

#define VIEW_WHY_MAX         240
#define VIEW_DESCRIPTION_MAX 48

struct view_feed {
	struct hash id;
	char description[VIEW_DESCRIPTION_MAX]; /* "ETH / USD" */
	u32 venues_min;
};

struct view {
	u64 head_time; /* unix seconds of the newest block */
	u64 period;    /* seconds a round */
	u64 set_id, last_round;
	struct report_domain domain;
	u16 feed_count;
	struct view_feed feeds[REPORT_FEEDS_MAX];
	u16 reporter_count;
	struct address reporters[REPORT_REPORTERS_MAX];
};

/* view_read asks the node.  ERR_IO: it does not answer; ERR_SYNTAX: it answers something else.
 * why says what is wrong. */
MUST_CHECK enum err view_read(struct view *out, char why[VIEW_WHY_MAX], struct rpc_client *rpc);

/* report_submit hands a report in.  ERR_IO: no answer; ERR_ORACLE_STALE: the round was closed
 * without it; ERR_RANGE: refused for another reason.  why says which. */
MUST_CHECK enum err report_submit(char why[VIEW_WHY_MAX], struct rpc_client *rpc, const u8 *wire, size_t size);

#endif
