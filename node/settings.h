#ifndef NODE_SETTINGS_H
#define NODE_SETTINGS_H

/* What an operator can set, by flag or in a file.  One row a setting (settings.c): the
 * parser, the help and docs/operator.md all come from it.
 *
 *     --block-time 250ms          on the command line
 *     block-time = 250ms          in the file; # begins a comment
 *
 * Flags win over the file, the file over the defaults. */

#include <stdio.h>

#include "base/err.h"

#define SETTINGS_TEXT_MAX 512
#define SETTINGS_WHY_MAX  512
#define SETTINGS_FILE_MAX (64u << 10) /* bytes */

struct settings {
	char data[SETTINGS_TEXT_MAX];    /* folder */
	char file[SETTINGS_TEXT_MAX];    /* of settings; "" = none */
	char genesis[SETTINGS_TEXT_MAX]; /* init: "" = the devnet's */
	bool devnet;                     /* init: asked for the devnet */
	char market[SETTINGS_TEXT_MAX];  /* init: a market file; "" = none */
	bool dev;                        /* start: a development chain */
	char rpc_addr[SETTINGS_TEXT_MAX];
	u64 rpc_port;
	u64 rpc_threads; /* 0: one a core */
	char rpc_cors[SETTINGS_TEXT_MAX];
	char rpc_hosts[SETTINGS_TEXT_MAX];
	u64 rpc_connections, rpc_connections_per_ip;
	u64 rpc_rate, rpc_burst;
	bool rpc_rate_loopback;
	u64 rpc_time_ms, rpc_idle_ms;
	u64 rpc_body_kb, rpc_reply_mb, rpc_unsent_mb, rpc_batch;
	u64 block_time_ms;
	bool has_block_time; /* it was set, in the file or by flag */
	u64 history;         /* blocks; HISTORY_ALL */
	u64 cache_mb;
	u64 mempool; /* transactions */
	double clock_speed;
	u64 clock_until; /* unix seconds; 0 = never */
	u64 log_level;   /* enum log_level */
};

void settings_default(struct settings *c);

/* settings_set takes one setting as text.  ERR_NOT_FOUND: no such setting; ERR_SYNTAX, ERR_RANGE: not
 * such a value.  why names both. */
MUST_CHECK enum err settings_set(struct settings *c, const char *name, const char *value, char why[SETTINGS_WHY_MAX]);

/* settings_read takes settings from the text of a file: each at most once.  Errors as settings_set; why
 * begins with the line. */
MUST_CHECK enum err settings_read(struct settings *c, struct bytes text, char why[SETTINGS_WHY_MAX]);

/* settings_flags takes the file that --config names, then every flag: --name value or --name=value.
 * Also ERR_NOT_FOUND, ERR_IO, ERR_SIZE of the file. */
MUST_CHECK enum err settings_flags(struct settings *c, int count, char *const *flags, char why[SETTINGS_WHY_MAX]);

/* Every setting with its default and what it does. */
void settings_print(FILE *out);

#endif
