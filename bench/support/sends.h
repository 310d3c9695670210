#ifndef BENCH_SUPPORT_SENDS_H
#define BENCH_SUPPORT_SENDS_H

/* Files of signed transfers for wrk (bench/support/wrk.h): a line is the body of one request, one
 * eth_sendRawTransaction or a batch of them.
 *
 * Each file has senders of its own, who take turns: wrk's connections pass each other, but not so far
 * that a sender's transactions change places. */

#include "node/node.h"

#define SENDS_PATH_SIZE 480

struct sends {
	struct node *node;
	char path[SENDS_PATH_SIZE]; /* of the files, without .0, .1 */
	u32 first, count;           /* the actors of tests/support/traffic.h that send */
};

/* Writes files with lines of batch transactions each (1: no array), from each sender's next nonce on.
 * Ends the program on failure, as does sends_await. */
void sends_write(const struct sends *s, u32 files, u32 lines, u32 batch);
void sends_remove(const struct sends *s, u32 files);
/* Waits until no transaction waits and at least count more than then were executed; none may have failed. */
void sends_await(const struct sends *s, const struct node_figures *then, u64 count);

#endif
