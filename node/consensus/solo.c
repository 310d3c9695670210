#include "node/consensus/solo.h"

#include <stdlib.h>

#include "base/hash.h"
#include "node/log.h"

struct solo {
	struct solo_config config;
	struct clock clock;
	u64 anchored_ms; /* clock_steady_ms when it was */
	u64 proposals;   /* names them, with the height */
	pthread_t thread;
	bool is_running;
	pthread_mutex_t making; /* held while a block is made or undone */
	pthread_mutex_t lock;   /* of what follows; taken last */
	pthread_cond_t stopping;
	bool stop;
	struct solo_pace pace;
	u64 paces;   /* counts changes of it */
	u64 next_us; /* when a block is due by the timer */
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
	s->clock.is_driven |= c->dev_clock != NULL; /* goes on from the head, not from today */
	s->anchored_ms = clock_steady_ms();
}

struct solo *solo_new(const struct solo_config *config)
{
	struct solo *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->config = *config;
	s->pace.block_time_ms = config->block_time_ms;
	(void)pthread_mutex_init(&s->making, NULL);
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
	(void)pthread_mutex_destroy(&s->making);
	free(s);
}

u64 solo_clock(struct solo *s)
{
	const struct clock *c = &s->clock;
	u64 now = c->is_driven ? c->anchor_wall + clock_steady_ms() - s->anchored_ms : clock_wall_ms();

	/* A clock that goes its own way does not jump when somebody sets the wall's. */
	return clock_chain_seconds(c, now);
}

u64 solo_time(struct solo *s)
{
	u64 now = solo_clock(s);
	struct store_head head;

	head_get(s->config.head, &head);
	if (s->config.dev_clock)
		return dev_clock_time(s->config.dev_clock, now, head.header.time);
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

/* What is common to all blocks: names and heights the next one. */
static void next_block(struct solo *s, struct app_block *block)
{
	struct store_head head;

	head_get(s->config.head, &head);
	block->height = head.header.number + 1;
	name_proposal(s, block, &head.hash);
}

/* The time of the block that is made now. */
static u64 take_time(struct solo *s)
{
	struct store_head head;

	if (!s->config.dev_clock)
		return solo_time(s);
	head_get(s->config.head, &head);
	return dev_clock_take(s->config.dev_clock, solo_clock(s), head.header.time);
}

/* With making held. */
static enum err make(struct solo *s)
{
	struct app *app = s->config.app;
	const struct app_final *final;
	struct app_block block = { .count = 0 };

	if (s->config.tick)
		s->config.tick(s->config.context);
	next_block(s, &block);
	block.time = take_time(s);
	TRY(app_prepare(app, &block, APP_BLOCK_SIZE_MAX));
	/* What prepare gives, process accepts; anything else is our own mistake, or no memory. */
	if (app_process(app, &block) != APP_ACCEPT ||
	    app_verify(app, app_extend(app, &block)) != APP_ACCEPT)
		return ERR_FULL;
	TRY(app_finalize(app, &block, &final));
	TRY(app_commit(app));
	log_block(s, final);
	return OK;
}

/* Nothing can be made any more. */
static void fail(struct solo *s, enum err e)
{
	log_line(LOG_ERROR, "block failed error=%s height=%llu", err_name(e),
		 (unsigned long long)head_height(s->config.head) + 1);
	atomic_store(&s->failed, true);
}

enum err solo_make(struct solo *s)
{
	enum err e;

	(void)pthread_mutex_lock(&s->making);
	e = make(s);
	if (e != OK)
		fail(s, e);
	(void)pthread_mutex_unlock(&s->making);
	return e;
}

/* -- for development --------------------------------------------------------------------------- */

struct solo_pace solo_pace(struct solo *s)
{
	struct solo_pace pace;

	(void)pthread_mutex_lock(&s->lock);
	pace = s->pace;
	(void)pthread_mutex_unlock(&s->lock);
	return pace;
}

void solo_set_pace(struct solo *s, struct solo_pace pace)
{
	(void)pthread_mutex_lock(&s->making);
	(void)pthread_mutex_lock(&s->lock);
	s->pace = pace;
	s->paces++;
	s->next_us = clock_monotonic_us() + pace.block_time_ms * 1000;
	(void)pthread_cond_broadcast(&s->stopping);
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_mutex_unlock(&s->making);
	mempool_wake(s->config.pool);
}

enum err solo_edit(struct solo *s, const struct app_edit *edit)
{
	struct app_block block = { .count = 0 };
	const struct app_final *final;
	struct store_head head;
	enum err e;

	(void)pthread_mutex_lock(&s->making);
	head_get(s->config.head, &head);
	block.time = head.header.time;
	next_block(s, &block);
	e = app_finalize_edit(s->config.app, &block, edit, &final);
	if (e == OK) {
		e = app_commit(s->config.app);
		if (e != OK)
			fail(s, e);
	}
	(void)pthread_mutex_unlock(&s->making);
	return e;
}

enum err solo_rollback(struct solo *s, u64 height)
{
	enum err e;

	(void)pthread_mutex_lock(&s->making);
	e = app_rollback(s->config.app, height);
	if (e != OK && e != ERR_NOT_FOUND && e != ERR_PRUNED)
		fail(s, e);
	(void)pthread_mutex_unlock(&s->making);
	return e;
}

/* -- the thread --------------------------------------------------------------------------------- */

static void tick(struct solo *s)
{
	if (s->config.tick)
		s->config.tick(s->config.context);
}

/* Waits SOLO_TICK_MS at most.  Whether a block is due at the pace of *paces; *stop: there will be none. */
static bool is_due(struct solo *s, u64 *paces, bool *stop)
{
	u64 now = clock_monotonic_us(), step = now + SOLO_TICK_MS * 1000;
	bool by_timer, by_pool, due;

	(void)pthread_mutex_lock(&s->lock);
	*stop = s->stop;
	*paces = s->paces;
	by_pool = !s->pace.is_halted && s->pace.block_time_ms == 0;
	by_timer = !s->pace.is_halted && !by_pool;
	due = by_timer && now >= s->next_us;
	if (!s->stop && !by_pool && !due)
		(void)wait_until(&s->stopping, &s->lock, by_timer && s->next_us < step ? s->next_us : step);
	(void)pthread_mutex_unlock(&s->lock);
	if (by_pool && !*stop)
		due = mempool_wait(s->config.pool, step);
	return due;
}

/* Makes a block unless the pace has changed meanwhile. */
static enum err make_due(struct solo *s, u64 paces)
{
	enum err e = OK;
	bool is_same;
	u64 now = clock_monotonic_us(), interval;

	(void)pthread_mutex_lock(&s->making);
	(void)pthread_mutex_lock(&s->lock);
	is_same = s->paces == paces && !s->stop;
	interval = s->pace.block_time_ms * 1000;
	if (is_same)
		s->next_us = s->next_us + interval > now ? s->next_us + interval : now;
	(void)pthread_mutex_unlock(&s->lock);
	if (is_same)
		e = make(s);
	if (e != OK)
		fail(s, e);
	(void)pthread_mutex_unlock(&s->making);
	return e;
}

static void *solo_run(void *context)
{
	struct solo *s = context;
	bool stop = false;
	u64 paces;

	while (!stop && !solo_has_failed(s)) {
		if (!is_due(s, &paces, &stop))
			tick(s);
		else if (!stop && make_due(s, paces) != OK)
			break;
	}
	return NULL;
}

enum err solo_start(struct solo *s)
{
	anchor(s);
	s->stop = false;
	s->next_us = clock_monotonic_us() + s->pace.block_time_ms * 1000;
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
