#include "node/consensus/solo.h"

#include <stdlib.h>

#include "base/hash.h"
#include "node/log.h"

struct solo {
	struct solo_config config;
	struct clock clock;
	u64 proposals; /* names them, with the height */
	pthread_t thread;
	bool is_running;
	pthread_mutex_t lock;
	pthread_cond_t stopping;
	bool stop;
	atomic_bool failed;
	u64 logged_us, logged_txs, logged_gas, logged_blocks;
};

static void anchor(struct solo *s)
{
	const struct solo_config *c = &s->config;
	struct store_head head;

	head_get(c->head, &head);
	clock_init(&s->clock, c->may_drive, c->clock_speed, c->clock_until, head.header.time,
		   clock_wall_ms());
}

struct solo *solo_new(const struct solo_config *config)
{
	struct solo *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->config = *config;
	(void)pthread_mutex_init(&s->lock, NULL);
	wait_init(&s->stopping);
	anchor(s);
	return s;
}

void solo_free(struct solo *s)
{
	if (!s)
		return;
	solo_stop(s);
	(void)pthread_cond_destroy(&s->stopping);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

u64 solo_time(struct solo *s)
{
	u64 now = clock_chain_seconds(&s->clock, clock_wall_ms());
	struct store_head head;

	head_get(s->config.head, &head);
	return now > head.header.time ? now : head.header.time;
}

/* -- one block -------------------------------------------------------------------------------- */

/* The engine's name for a proposal: no two of this process are alike. */
static void name_proposal(struct solo *s, struct app_block *block, const struct hash *parent)
{
	u8 text[16];

	store_be64(text, block->height);
	store_be64(text + 8, ++s->proposals);
	keccak256_parts(&block->hash,
			(struct bytes[]){ { parent->bytes, 32 }, { text, sizeof text } }, 2);
}

static void log_block(struct solo *s, const struct app_final *final)
{
	u64 now = clock_monotonic_us();

	s->logged_blocks++;
	s->logged_txs += final->applied;
	s->logged_gas += final->header.gas_used;
	if (now - s->logged_us < 1000000)
		return;
	log_line(LOG_INFO, "block height=%llu time=%llu blocks=%llu transactions=%llu gas=%llu",
		 (unsigned long long) final->header.number, (unsigned long long) final->header.time,
		 (unsigned long long)s->logged_blocks, (unsigned long long)s->logged_txs,
		 (unsigned long long)s->logged_gas);
	s->logged_us = now;
	s->logged_blocks = s->logged_txs = s->logged_gas = 0;
}

enum err solo_make(struct solo *s)
{
	struct app *app = s->config.app;
	const struct app_final *final;
	struct app_block block = { .count = 0 };
	struct store_head head;

	if (s->config.tick)
		s->config.tick(s->config.context);
	head_get(s->config.head, &head);
	block.height = head.header.number + 1;
	block.time = solo_time(s);
	TRY(app_prepare(app, &block, APP_BLOCK_SIZE_MAX));
	name_proposal(s, &block, &head.hash);
	/* What prepare gives, process accepts; anything else is our own mistake, or no memory. */
	if (app_process(app, &block) != APP_ACCEPT ||
	    app_verify(app, app_extend(app, &block)) != APP_ACCEPT)
		return ERR_FULL;
	TRY(app_finalize(app, &block, &final));
	TRY(app_commit(app));
	log_block(s, final);
	return OK;
}

/* -- the thread --------------------------------------------------------------------------------- */

static bool is_stopping(struct solo *s)
{
	bool stop;

	(void)pthread_mutex_lock(&s->lock);
	stop = s->stop;
	(void)pthread_mutex_unlock(&s->lock);
	return stop;
}

static void tick(struct solo *s)
{
	if (s->config.tick)
		s->config.tick(s->config.context);
}

/* Sleeps in short steps until the deadline; false: stop. */
static bool sleep_until(struct solo *s, u64 deadline_us)
{
	bool stop;

	for (;;) {
		u64 now = clock_monotonic_us(), step = now + SOLO_TICK_MS * 1000;

		(void)pthread_mutex_lock(&s->lock);
		if (!s->stop && now < deadline_us)
			(void)wait_until(&s->stopping, &s->lock, step < deadline_us ? step : deadline_us);
		stop = s->stop;
		(void)pthread_mutex_unlock(&s->lock);
		if (stop)
			return false;
		if (clock_monotonic_us() >= deadline_us)
			return true;
		tick(s);
	}
}

/* Waits for the moment of the next block; false: stop. */
static bool await_block(struct solo *s, u64 *next_us)
{
	u64 interval = s->config.block_time_ms * 1000, now;

	if (interval == 0) {
		while (!is_stopping(s)) {
			if (mempool_wait(s->config.pool, clock_monotonic_us() + SOLO_TICK_MS * 1000))
				return !is_stopping(s);
			tick(s);
		}
		return false;
	}
	if (!sleep_until(s, *next_us))
		return false;
	now = clock_monotonic_us();
	*next_us = *next_us + interval > now ? *next_us + interval : now;
	return true;
}

static void *solo_run(void *context)
{
	struct solo *s = context;
	u64 next = clock_monotonic_us() + s->config.block_time_ms * 1000;

	while (await_block(s, &next)) {
		enum err e = solo_make(s);

		if (e == OK)
			continue;
		log_line(LOG_ERROR, "block failed error=%s height=%llu", err_name(e),
			 (unsigned long long)head_height(s->config.head) + 1);
		atomic_store(&s->failed, true);
		return NULL;
	}
	return NULL;
}

enum err solo_start(struct solo *s)
{
	anchor(s);
	s->stop = false;
	if (pthread_create(&s->thread, NULL, solo_run, s) != 0)
		return ERR_FULL;
	s->is_running = true;
	return OK;
}

void solo_stop(struct solo *s)
{
	if (!s->is_running)
		return;
	(void)pthread_mutex_lock(&s->lock);
	s->stop = true;
	(void)pthread_cond_broadcast(&s->stopping);
	(void)pthread_mutex_unlock(&s->lock);
	mempool_wake(s->config.pool);
	(void)pthread_join(s->thread, NULL);
	s->is_running = false;
}

bool solo_has_failed(const struct solo *s)
{
	return atomic_load(&s->failed);
}
