/* A lending market played live through a crash: see options.c for what it takes. */

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "client/args.h"
#include "cmd/plimsoll-demo/conduct.h"
#include "cmd/plimsoll-demo/invite.h"
#include "cmd/plimsoll-demo/options.h"
#include "cmd/plimsoll-demo/programs.h"
#include "cmd/plimsoll-demo/summary.h"
#include "cmd/plimsoll-demo/view.h"
#include "cmd/plimsoll-demo/watch.h"

#define EXIT_UNSOUND     1
#define EXIT_USAGE       2
#define EXIT_INTERRUPTED 130

#define TICK_MS        50
#define START_SECONDS  60.0 /* for the node to answer */
#define SETTLE_SECONDS 30.0 /* for what people sent to be in blocks */
#define AFTER_SECONDS  2.0  /* of the replay's end, for the last liquidations */
#define READ_INTERVAL  0.2  /* seconds between looks at the market */

struct demo {
	struct options options;
	struct replay replay;
	struct pace pace;
	struct world world;
	struct people people;
	struct children children;
	struct programs programs;
	struct rpc_client *rpc;
	struct orders orders;
	struct watch watch;
	struct market market;
	struct conduct conduct;
	struct board before, board;
	struct view view;
	double started, read_at;
	char why[REPLAY_WHY_MAX]; /* of the last failure */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_tick(void)
{
	struct timespec tick = { 0, TICK_MS * 1000000 };

	(void)nanosleep(&tick, NULL);
}

static enum err fail(struct demo *d, enum err e, const char *text)
{
	(void)snprintf(d->why, sizeof d->why, "%s", text);
	return e;
}

/* -- beginning ---------------------------------------------------------------------------------- */

static enum err make_folder(struct demo *d)
{
	const char *base = getenv("TMPDIR");
	int size = snprintf(d->children.folder, sizeof d->children.folder,
			    "%s/plimsoll-demo-XXXXXX", base && *base ? base : P_tmpdir);

	if (size >= (int)sizeof d->children.folder || !mkdtemp(d->children.folder)) {
		d->children.folder[0] = '\0';
		return fail(d, ERR_IO, "no temporary folder can be made; is TMPDIR right?");
	}
	return OK;
}

/* What the run is about, before anything is started. */
static enum err plan(struct demo *d)
{
	double length;

	TRY(replay_plan(&d->replay, d->options.prices, d->why));
	length = (double)(d->replay.ends - d->replay.begins);
	d->pace = pace_of(length,
			  d->options.speed > 0 ? length / d->options.speed : d->options.seconds);
	TRY(world_init(&d->world, &d->replay, d->options.seed, d->why));
	TRY(people_make(&d->people, d->options.seed, (u32)d->options.suppliers,
			(u32)d->options.borrowers, d->world.terms, d->world.prices));
	d->board.begins = d->replay.begins;
	d->board.ends = d->replay.ends;
	d->board.time = d->board.price_time = d->replay.begins;
	d->board.oracle_period = d->pace.oracle_period;
	d->board.suppliers = (u32)d->options.suppliers;
	d->board.borrowers = (u32)d->options.borrowers;
	for (u32 i = 0; i < ASSET_COUNT; i++)
		d->board.reserves[i].price = d->board.reserves[i].first_price = d->world.prices[i];
	return OK;
}

/* ERR_IO once a program has ended by itself or the user wants to stop. */
static enum err check_children(struct demo *d)
{
	const struct child *dead = children_dead(&d->children);
	char text[64];

	if (interrupted)
		return fail(d, ERR_BUSY, "interrupted");
	if (!dead)
		return OK;
	child_describe(text, dead);
	return fail(d, ERR_IO, text);
}

static enum err wait_for_node(struct demo *d)
{
	double until = now() + START_SECONDS;
	json_t *answer = NULL;

	while (!answer) {
		TRY(check_children(d));
		if (now() > until)
			return fail(d, ERR_IO, "the node does not answer");
		answer = rpc_call(d->rpc, NULL, "eth_chainId", NULL);
		if (!answer)
			pause_tick();
	}
	json_decref(answer);
	return OK;
}

static enum err start_programs(struct demo *d)
{
	struct programs *p = &d->programs;

	*p = (struct programs){
		.children = &d->children,
		.world = &d->world,
		.replay = &d->replay,
		.pace = &d->pace,
		.people = &d->people,
	};
	(void)snprintf(d->children.programs, sizeof d->children.programs, "%s",
		       d->options.programs);
	if (programs_port(&p->port, (u16)d->options.port) != OK)
		return fail(d, ERR_IO, "the port is taken; another one: --port N");
	(void)snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u", p->port);
	if (d->options.port == 0 && p->port != PORT_USUAL)
		view_say(&d->view, "Port %u is taken: JSON-RPC is at %s", PORT_USUAL, p->url);
	TRY(programs_node(p, d->why));
	d->rpc = rpc_open(p->url);
	if (!d->rpc)
		return fail(d, ERR_FULL, "out of memory");
	TRY(wait_for_node(d));
	TRY(programs_feeders(p, d->why));
	return programs_bot(p, d->why);
}

/* -- the run ---------------------------------------------------------------------------------------- */

/* One look at everything. */
static enum err look(struct demo *d)
{
	double wall = now();

	TRY(check_children(d));
	if (watch_blocks(&d->watch, wall) != OK)
		return check_children(d) != OK
			       ? ERR_IO
			       : fail(d, ERR_IO, "the node's blocks cannot be read");
	if (d->board.height > 0 && wall - d->read_at >= READ_INTERVAL) {
		d->read_at = wall;
		if (market_read(&d->market, &d->board) != OK)
			return check_children(d) != OK
				       ? ERR_IO
				       : fail(d, ERR_IO, "the market cannot be read");
	}
	d->board.seconds = wall - d->started;
	d->board.sent = d->orders.sent;
	d->board.refused = d->orders.refused;
	return OK;
}

static enum err wait_for_people(struct demo *d)
{
	double until = now() + SETTLE_SECONDS;

	while (conduct_waiting(&d->conduct) > 0 && now() < until) {
		TRY(look(d));
		pause_tick();
	}
	return OK;
}

static enum err settle(struct demo *d)
{
	view_say(&d->view, "%u suppliers and %u borrowers settle in", d->board.suppliers,
		 d->board.borrowers);
	TRY(look(d));
	if (conduct_settle_suppliers(&d->conduct) != OK)
		return fail(d, ERR_IO, "suppliers' transactions cannot be sent");
	TRY(wait_for_people(d));
	if (conduct_settle_borrowers(&d->conduct) != OK)
		return fail(d, ERR_IO, "borrowers' transactions cannot be sent");
	TRY(wait_for_people(d));
	d->read_at = 0;
	TRY(look(d));
	d->before = d->board;
	return OK;
}

static enum err play(struct demo *d)
{
	double over = 0;

	while (over <= 0 || now() < over + AFTER_SECONDS) {
		TRY(look(d));
		if (over <= 0 && d->board.time >= d->board.ends)
			over = now();
		if (over <= 0 && conduct_act(&d->conduct, now()) != OK)
			return fail(d, ERR_IO, "people's transactions cannot be sent");
		view_show(&d->view, &d->board, now());
		pause_tick();
	}
	TRY(wait_for_people(d));
	d->board.is_over = true;
	d->read_at = 0;
	TRY(look(d));
	if (market_count_claims(&d->market, &d->board, &d->people) != OK)
		return fail(d, ERR_IO, "what people own cannot be read");
	d->view.drawn_at = 0;
	view_show(&d->view, &d->board, now());
	return OK;
}

static enum err run(struct demo *d)
{
	view_init(&d->view);
	if (plan(d) != OK)
		return ERR_RANGE;
	TRY(make_folder(d));
	view_say(&d->view,
		 "%.1f hours of prices in %.0f seconds: chain time runs %.0f times as fast",
		 (double)(d->replay.ends - d->replay.begins) / 3600,
		 (double)(d->replay.ends - d->replay.begins) / d->pace.speed, d->pace.speed);
	TRY(start_programs(d));
	d->started = now();
	TRY(orders_init(&d->orders, d->rpc, d->world.chain_id, d->world.base_fee, d->world.terms));
	watch_init(&d->watch, d->rpc, &d->people, &d->board, d->world.terms);
	d->market = (struct market){
		.rpc = d->rpc,
		.terms = d->world.terms,
		.treasury = d->world.treasury,
	};
	d->conduct = (struct conduct){
		.people = &d->people,
		.orders = &d->orders,
		.board = &d->board,
		.market = &d->market,
	};
	TRY(settle(d));
	return play(d);
}

/* -- the end ----------------------------------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Those that ask end first, the node last. */
static void stop_programs(struct demo *d)
{
	children_stop(&d->children, "bot");
	children_stop(&d->children, "feeder");
	children_stop(&d->children, "");
}

/* Whether every program ended as it should; names the first that did not. */
static bool ended_well(const struct demo *d)
{
	const struct child *failed = children_failed(&d->children);
	char text[64];

	if (!failed)
		return true;
	child_describe(text, failed);
	(void)fprintf(stderr, "plimsoll-demo: at the end, %s\n", text);
	return false;
}

static void leave_folder(struct demo *d, bool keep)
{
	if (d->children.folder[0] == '\0')
		return;
	if (keep)
		(void)fprintf(stderr, "The chain and the logs of all programs are in %s\n",
			      d->children.folder);
	else
		(void)nftw(d->children.folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void release(struct demo *d)
{
	orders_free(&d->orders);
	people_free(&d->people);
	rpc_close(d->rpc);
}

/* The node stays up until the user has had enough. */
static enum err stay(struct demo *d)
{
	const struct address *borrower = d->board.lowest_count > 0
						 ? &d->board.lowest[0].owner
						 : &d->people.at[d->people.suppliers].address;

	invite_print(stdout, &d->programs, borrower);
	while (check_children(d) == OK)
		pause_tick();
	if (interrupted)
		return OK;
	(void)fprintf(stderr, "plimsoll-demo: %s\n", d->why);
	return ERR_IO;
}

static int report(struct demo *d)
{
	struct summary s = {
		.before = &d->before,
		.after = &d->board,
		.refusals = &d->orders.refusals,
		.terms = d->world.terms,
		.lowest_ether = d->replay.lowest_ether,
	};
	json_t *json = summary_json(&s);
	char *line = json ? json_dumps(json, JSON_REAL_PRECISION(15) | JSON_PRESERVE_ORDER) : NULL;
	bool is_good = line && !summary_unsound(&s);

	summary_print(stdout, &s);
	if (!d->options.once && stay(d) != OK)
		is_good = false;
	stop_programs(d);
	is_good = ended_well(d) && is_good;
	leave_folder(d, d->options.keep || !is_good);
	if (line && d->options.once)
		(void)printf("%s\n", line);
	free(line);
	json_decref(json);
	return is_good ? 0 : EXIT_UNSOUND;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	static struct demo d;
	int status;
	enum err e;

	if (args_version("plimsoll-demo", argc, argv))
		return 0;
	e = options_parse(&d.options, argc - 1, argv + 1, d.why);
	if (e != OK || d.options.help) {
		(void)fputs(options_help(), e == OK ? stdout : stderr);
		if (e != OK)
			(void)fprintf(stderr, "\nplimsoll-demo: %s\n", d.why);
		return e == OK ? 0 : EXIT_USAGE;
	}
	catch_signals();
	e = run(&d);
	view_end(&d.view);
	if (e == OK) {
		status = report(&d);
	} else {
		(void)fprintf(stderr, "plimsoll-demo: %s\n", d.why[0] ? d.why : err_text(e));
		stop_programs(&d);
		leave_folder(&d, !interrupted || d.options.keep);
		status = interrupted      ? EXIT_INTERRUPTED
			 : e == ERR_RANGE ? EXIT_USAGE
					  : EXIT_UNSOUND;
	}
	release(&d);
	return status;
}
