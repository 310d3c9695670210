/* A lending market under a storm of calls, with an auditor looking on:
 *
 *     stateful [--steps N] [--seed S] [--threads T] [--expect NAME] [--ignore NAME] [--counts] [--list]
 *
 * Runs episodes of a few thousand steps each, over three markets in turn.  A broken property
 * is printed with the seed of its episode: `--seed S --threads 1 --steps 1` replays it from the
 * start.  --expect turns the meaning round: the property must break (tests/lending/mutations.sh).
 * --counts prints how many calls of each kind there were and how many succeeded; --list prints
 * the properties for docs/invariants.md. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/storm.h"

#define EPISODE_STEPS  2500
#define PROBE_EVERY    61
#define RECOUNT_EVERY  499
#define THREADS_MAX    64
#define MARKETS        3
#define PROGRESS_EVERY 1000000

struct run {
	u64 steps_wanted, seed;
	u128 expected, ignored, broken; /* bits of properties */
	u32 threads;
	json_t *markets[MARKETS];
	atomic_ullong steps_begun, steps, episodes, probes;
	atomic_ullong tried[OP_COUNT], succeeded[OP_COUNT];
	bool wants_counts;
	atomic_bool stop;
	pthread_mutex_t lock;
	struct timespec begin;
};

static double seconds_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

/* -- telling ------------------------------------------------------------------------------ */

static void report(struct run *run, const struct storm *s, u64 seed, u128 bits)
{
	u32 count;
	const struct invariant *rows = invariants_all(&count);
	const struct step *t = &s->step;

	pthread_mutex_lock(&run->lock);
	run->broken |= bits;
	for (u32 i = 0; i < count; i++)
		if (bits >> i & 1)
			printf("BROKEN %s at step %llu of seed %llu: %s\n", rows[i].name, (unsigned long long)s->step_count,
			       (unsigned long long)seed, s->audit.detail);
	printf("  %s%s by %u: asset %u, %u, subject %u, receiver %u, amount %.17g, number %llu, on %d, time %llu: %s\n",
	       t->is_plain ? "" : "(not plain) ", op_info(t->op)->name, t->caller, t->asset, t->debt_asset, t->subject,
	       t->receiver, u256_to_double(&t->amount), (unsigned long long)t->number, t->on, (unsigned long long)t->time,
	       err_name(s->audit.outcome));
	fflush(stdout);
	pthread_mutex_unlock(&run->lock);
}

/* Whether the episode goes on. */
static bool judge(struct run *run, struct storm *s, u64 seed)
{
	u128 bits = s->audit.broken;

	if (bits == 0)
		return true;
	if (run->expected) {
		if ((bits & run->expected) == 0)
			return true; /* the fault shows elsewhere first */
		bits &= run->expected;
	}
	report(run, s, seed, bits);
	atomic_store(&run->stop, true);
	return false;
}

/* -- running -------------------------------------------------------------------------------- */

static u64 mix(u64 seed, u64 episode)
{
	struct dice d = dice_seeded(seed + episode * 0x2545f4914f6cdd1d);

	return episode == 0 ? seed : dice_word(&d) >> 1;
}

static void run_episode(struct run *run, struct storm *s, u64 seed)
{
	storm_begin(s, run->markets[seed % MARKETS], dice_seeded(seed));
	s->audit.ignored = run->ignored;
	for (u32 i = 1; i <= EPISODE_STEPS && !s->is_over && !atomic_load(&run->stop); i++) {
		storm_step(s);
		if (i % PROBE_EVERY == 0)
			invariants_probe(&s->audit, dice_word(&s->dice));
		if (i % RECOUNT_EVERY == 0)
			invariants_recount(&s->audit);
		if (!judge(run, s, seed))
			break;
	}
	atomic_fetch_add(&run->steps, s->step_count);
	for (u32 op = 0; op < OP_COUNT; op++) {
		atomic_fetch_add(&run->tried[op], s->tried[op]);
		atomic_fetch_add(&run->succeeded[op], s->succeeded[op]);
	}
	atomic_fetch_add(&run->probes, s->audit.probe_count);
	storm_end(s);
}

static void *work(void *context)
{
	struct run *run = context;
	struct storm *s = malloc(sizeof *s);
	u64 episode, before, after;

	if (!s)
		abort();
	while (!atomic_load(&run->stop) && atomic_fetch_add(&run->steps_begun, EPISODE_STEPS) < run->steps_wanted) {
		episode = atomic_fetch_add(&run->episodes, 1);
		before = atomic_load(&run->steps) / PROGRESS_EVERY;
		run_episode(run, s, mix(run->seed, episode));
		after = atomic_load(&run->steps) / PROGRESS_EVERY;
		if (after != before) {
			fprintf(stderr, "%llu million steps, %.0f a second\n", (unsigned long long)after,
				(double)atomic_load(&run->steps) / seconds_since(&run->begin));
		}
	}
	free(s);
	return NULL;
}

static void run_all(struct run *run)
{
	pthread_t threads[THREADS_MAX];

	clock_gettime(CLOCK_MONOTONIC, &run->begin);
	for (u32 i = 0; i < run->threads; i++)
		if (pthread_create(&threads[i], NULL, work, run) != 0)
			abort();
	for (u32 i = 0; i < run->threads; i++)
		pthread_join(threads[i], NULL);
}

/* -- the command line --------------------------------------------------------------------------- */

static u128 bit_of(const char *name)
{
	u32 count;
	const struct invariant *rows = invariants_all(&count);

	for (u32 i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (u128)1 << i;
	fprintf(stderr, "stateful: no property %s\n", name);
	exit(2);
}

static void list(void)
{
	static const char *const when[] = { "every step", "tried now and then", "recounted now and then" };
	u32 count;
	const struct invariant *rows = invariants_all(&count);

	for (u32 i = 0; i < count; i++)
		printf("%s\t%s\t%s\n", rows[i].name, when[rows[i].when], rows[i].statement);
}

static void parse(struct run *run, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--list") == 0) {
			list();
			exit(0);
		}
		if (strcmp(argv[i], "--counts") == 0) {
			run->wants_counts = true;
			continue;
		}
		if (strcmp(argv[i], "--steps") == 0)
			run->steps_wanted = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0)
			run->seed = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "--threads") == 0)
			run->threads = (u32)strtoul(value, NULL, 10);
		else if (strcmp(argv[i], "--expect") == 0)
			run->expected |= bit_of(value);
		else if (strcmp(argv[i], "--ignore") == 0)
			run->ignored |= bit_of(value);
		else {
			fprintf(stderr, "stateful: unknown option %s\n", argv[i]);
			exit(2);
		}
		i++;
	}
	if (run->threads == 0 || run->threads > THREADS_MAX)
		run->threads = 1;
}

static json_t *market_read(const char *path)
{
	json_t *market = json_read(path);

	if (!market) {
		fprintf(stderr, "stateful: cannot read %s\n", path);
		exit(2);
	}
	return market;
}

/* How many calls went through; each kind's share if wanted. */
static u64 successes(const struct run *run)
{
	u64 sum = 0;

	for (u32 op = 0; op < OP_COUNT; op++) {
		sum += run->succeeded[op];
		if (run->wants_counts)
			printf("%-18s %10llu calls, %10llu succeeded\n", op_info(op)->name, (unsigned long long)run->tried[op],
			       (unsigned long long)run->succeeded[op]);
	}
	return sum;
}

int main(int argc, char **argv)
{
	struct run run = { .steps_wanted = 200000, .seed = 1, .threads = 2, .lock = PTHREAD_MUTEX_INITIALIZER };
	u32 count, bad;
	u64 succeeded;
	double seconds;

	parse(&run, argc, argv);
	invariants_all(&count);
	run.markets[0] = market_read("tests/vectors/aave/markets/default.json");
	run.markets[1] = market_read("tests/vectors/aave/markets/odd.json");
	run.markets[2] = market_read("tests/lending/market_narrow.json");
	run_all(&run);
	seconds = seconds_since(&run.begin);
	for (u32 i = 0; i < MARKETS; i++)
		json_decref(run.markets[i]);
	bad = 0;
	for (u32 i = 0; i < count; i++)
		bad += run.broken >> i & 1;
	succeeded = successes(&run);
	printf("%llu steps (%llu succeeded) in %llu episodes from seed %llu, %llu probes, %.0f steps a second\n",
	       (unsigned long long)run.steps, (unsigned long long)succeeded, (unsigned long long)run.episodes,
	       (unsigned long long)run.seed, (unsigned long long)run.probes, (double)run.steps / seconds);
	if (run.expected) {
		printf("%s\n", bad ? "1 passed, 0 failed" : "0 passed, 1 failed");
		return bad == 0;
	}
	printf("%u passed, %u failed\n", count - bad, bad);
	return bad != 0;
}
