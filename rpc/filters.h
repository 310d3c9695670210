#ifndef RPC_FILTERS_H
#define RPC_FILTERS_H

/* Filters: what a client asked to be told of when it next polls.  They belong to the
 * server, not to a connection; whoever knows the id may use one.  One that nobody polls for five
 * minutes is gone. */

#include "rpc/log_filter.h"

#define FILTER_ID_SIZE 16
#define FILTER_ID_TEXT (2 + 2 * FILTER_ID_SIZE + 1) /* "0x", digits, NUL */

struct filters;

/* Room for max filters.  NULL: out of memory. */
struct filters *filters_new(size_t max);
void filters_free(struct filters *f);

/* A random id that nobody can guess; its first digit is not 0. */
void filter_id_make(u8 id[FILTER_ID_SIZE]);
void filter_id_text(char out[FILTER_ID_TEXT], const u8 id[FILTER_ID_SIZE]);
/* false: no id. */
bool filter_id_read(u8 id[FILTER_ID_SIZE], const json_t *v);

#endif
