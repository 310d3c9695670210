#ifndef FEEDER_FETCH_H
#define FEEDER_FETCH_H

/* Many HTTP GETs at once, each bounded: two seconds, 64 KiB, status 200, no redirect.
 * TLS certificates are verified.  A response that breaks a bound is no response. */

#include "base/err.h"

#define FETCH_TIMEOUT_MS 2000
#define FETCH_BODY_MAX   65536
#define FETCH_URL_MAX    256
#define FETCH_WHY_MAX    96

struct fetch {
	char url[FETCH_URL_MAX];
	char *body; /* the caller's FETCH_BODY_MAX bytes */
	size_t body_size;
	bool ok;
	char why[FETCH_WHY_MAX]; /* unless ok: what went wrong */
};

struct fetcher;

/* NULL: out of memory. */
struct fetcher *fetcher_open(void);
void fetcher_close(struct fetcher *f);

/* fetch_all fills in every fetch; it returns after FETCH_TIMEOUT_MS and a little at the latest. */
void fetch_all(struct fetcher *f, struct fetch *list, size_t count);

#endif
