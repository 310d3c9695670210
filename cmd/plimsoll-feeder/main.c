/* plimsoll-feeder: one reporter of the price oracle.
 *
 * Polls a node; when the chain's clock enters a new oracle round it observes every feed,
 * signs a report and hands it in.  A round closes without this report when a quorum of
 * the others was faster; that is no fault. */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/args.h"
#include "cmd/plimsoll-feeder/options.h"
#include "cmd/plimsoll-feeder/source.h"
#include "cmd/plimsoll-feeder/view.h"
#include "oracle/feeder/decimal.h"
#include "oracle/feeder/observer.h"

/* The report that was handed in last and may still wait for its round to close. */
struct pending {
	bool waiting;
	u64 round, observed_at;
	u64 sampled_at_ms; /* wall clock */
	u128 price;        /* of the first feed that trades */
	u16 feed;
};

struct feeder {
	struct options options;
	struct rpc_client *rpc;
	struct view view;
	struct source source;
	struct observer observer;
	struct sample samples[REPORT_FEEDS_MAX];
	struct pending pending;
	u64 round; /* newest this program has observed */
	u64 accepted, late, refused;
	char warned[VIEW_WHY_MAX]; /* what was said last: it is not said twice in a row */
	bool end_was_told;
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static u64 now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

static void warn(struct feeder *f, const char *what, const char *why)
{
	char text[VIEW_WHY_MAX];

	snprintf(text, sizeof text, "%s: %.180s", what, why);
	if (strcmp(text, f->warned) != 0)
		fprintf(stderr, "reporter %u: %s\n", f->options.reporter, text);
	strcpy(f->warned, text);
}

/* -- rounds ------------------------------------------------------------------------- */

static void acceptance_print(struct feeder *f)
{
	const struct pending *p = &f->pending;
	char price[DECIMAL_TEXT_MAX] = "nothing trades";

	if (f->accepted % f->options.print_every != 0)
		return;
	if (p->price != 0)
		decimal_from_e18(price, p->price, 6);
	printf("reporter %u: round %" PRIu64 "  %s %s  closed %" PRIu64 " s after the observation, %" PRIu64
	       " ms after sampling (late %" PRIu64 ", refused %" PRIu64 ")\n",
	       f->options.reporter, p->round, p->price ? f->view.feeds[p->feed].description : "", price,
	       f->view.head_time - p->observed_at, now_ms() - p->sampled_at_ms, f->late, f->refused);
	fflush(stdout);
}

/* Notes whether the round of the pending report has closed. */
static void pending_settle(struct feeder *f)
{
	if (!f->pending.waiting || f->view.last_round < f->pending.round)
		return;
	f->pending.waiting = false;
	f->accepted++;
	acceptance_print(f);
}

static void pending_begin(struct feeder *f, u64 sampled_at_ms)
{
	struct pending *p = &f->pending;

	*p = (struct pending){
		.waiting = true,
		.round = f->round,
		.observed_at = f->view.head_time,
		.sampled_at_ms = sampled_at_ms,
	};
	for (u16 i = 0; i < f->view.feed_count && p->price == 0; i++) {
		p->price = f->samples[i].price;
		p->feed = i;
	}
}

/* The observer of the set and feeds as they are now; false: this key is not in the set. */
static bool observer_update(struct feeder *f)
{
	const struct view *v = &f->view;
	struct observer *o = &f->observer;
	struct address self;

	if (address_of_key(&self, f->options.key) != OK || f->options.reporter >= v->reporter_count ||
	    address_cmp(&self, &v->reporters[f->options.reporter]) != 0)
		return false;
	memcpy(o->key, f->options.key, sizeof o->key);
	o->reporter = f->options.reporter;
	o->set_id = v->set_id;
	o->period = v->period;
	o->domain = v->domain;
	o->feed_count = v->feed_count;
	for (u16 i = 0; i < v->feed_count; i++)
		o->feed_ids[i] = v->feeds[i].id;
	return true;
}

/* Observes the round the chain is in and hands in a report of it. */
static enum err round_report(struct feeder *f)
{
	const u64 sampled_at_ms = now_ms();
	u8 wire[REPORT_SIZE_MAX];
	char why[VIEW_WHY_MAX];
	size_t size;
	enum err e;

	source_sample(f->samples, &f->source, &f->view);
	TRY(observer_report(wire, &size, &f->observer, f->view.head_time, f->samples));
	e = report_submit(why, f->rpc, wire, size);
	if (e == OK) {
		f->warned[0] = 0;
		pending_begin(f, sampled_at_ms);
	} else if (e == ERR_ORACLE_STALE) {
		f->late++;
	} else {
		f->refused++;
		warn(f, "report not taken", why);
	}
	return e;
}

/* One look at the chain; *reported tells whether a report was taken. */
static enum err feeder_step(struct feeder *f, bool *reported)
{
	char why[VIEW_WHY_MAX];
	const enum err e = view_read(&f->view, why, f->rpc);

	*reported = false;
	if (e != OK) {
		warn(f, "no view of the chain", why);
		return e == ERR_IO ? OK : e;
	}
	if (f->view.period == 0 || !observer_update(f)) {
		warn(f, "not a reporter", "the chain's set has another key under this number");
		return ERR_NOT_FOUND;
	}
	pending_settle(f);
	if (f->view.head_time / f->view.period <= f->round || f->view.head_time / f->view.period <= f->view.last_round)
		return OK;
	f->round = f->view.head_time / f->view.period;
	*reported = round_report(f) == OK;
	if (f->source.ended && !f->end_was_told) {
		fprintf(stderr, "reporter %u: the candles have ended; their last price stands\n", f->options.reporter);
		f->end_was_told = true;
	}
	return OK;
}

/* Waits for the node, so that all programs of a chain may be started at once. */
static enum err feeder_open(struct feeder *f)
{
	char why[VIEW_WHY_MAX];
	enum err e = ERR_IO;

	f->rpc = rpc_open(f->options.rpc_url);
	if (!f->rpc)
		return ERR_FULL;
	while (!stopped && (e = view_read(&f->view, why, f->rpc)) == ERR_IO) {
		warn(f, "waiting", why);
		usleep(f->options.poll_ms * 1000);
	}
	if (e != OK) {
		warn(f, "no view of the chain", stopped ? "stopped" : why);
		return e;
	}
	if (!observer_update(f)) {
		warn(f, "not a reporter", "the chain's set has another key under this number");
		return ERR_NOT_FOUND;
	}
	return source_open(&f->source, &f->options, &f->view);
}

static enum err feeder_run(struct feeder *f)
{
	bool reported = false;

	while (!stopped) {
		TRY(feeder_step(f, &reported));
		if (f->options.once && reported)
			return OK;
		usleep(f->options.poll_ms * 1000);
	}
	return OK;
}

int main(int argc, char **argv)
{
	static struct feeder f;
	enum err e;

	if (args_version("plimsoll-feeder", argc, argv))
		return 0;
	e = options_read(&f.options, argc, argv);
	if (e != OK)
		return e == ERR_NOT_FOUND ? 0 : 2;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	signal(SIGPIPE, SIG_IGN);
	e = feeder_open(&f);
	if (e == OK)
		e = feeder_run(&f);
	source_close(&f.source);
	rpc_close(f.rpc);
	return e == OK ? 0 : 1;
}
