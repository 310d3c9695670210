#include "node/store/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "node/store/database.h"

#define SHARDS      128u /* power of two */
#define SHARD_BITS  7
#define BUCKETS_MIN 64u

static_assert(SHARDS == 1u << SHARD_BITS, "a shard is picked by bits");

struct version {
	struct version *older;
	u64 from;
	u16 size; /* 0: no record */
	u8 value[];
};

struct entry {
	struct entry *next; /* in its bucket */
	struct version *newest;
	u64 hash;
	u8 key_size;
	bool is_hot; /* used since eviction last came by */
	u8 key[TABLE_KEY_MAX];
};

struct shard {
	pthread_mutex_t lock;
	u64 published; /* counts publications into this shard */
	struct entry **buckets;
	size_t bucket_count, entry_count;
	size_t bytes, hand;
} __attribute__((aligned(64)));

struct cache {
	struct shard shards[SHARDS];
	size_t shard_bytes_max;
	u64 seed[2]; /* users choose addresses: they must not choose buckets */
};

/* -- entries ------------------------------------------------------------------------ */

static u64 fold(u64 a, u64 b)
{
	u128 product = (u128)a * b;

	return (u64)product ^ (u64)(product >> 64);
}

static u64 key_hash(const struct cache *c, struct bytes key)
{
	u64 hash = c->seed[0], word;

	for (size_t i = 0; i < key.size; i += sizeof word) {
		size_t left = key.size - i;

		word = 0;
		memcpy(&word, key.at + i, left < sizeof word ? left : sizeof word);
		hash = fold(hash ^ word, c->seed[1]);
	}
	return fold(hash, c->seed[0]);
}

static struct shard *shard_of(struct cache *c, u64 hash)
{
	return &c->shards[hash >> (64 - SHARD_BITS)];
}

static struct entry **entry_find(struct shard *s, u64 hash, struct bytes key)
{
	struct entry **at = &s->buckets[hash & (s->bucket_count - 1)];

	while (*at && ((*at)->hash != hash ||
		       !bytes_equal(key, (struct bytes){ (*at)->key, (*at)->key_size })))
		at = &(*at)->next;
	return at;
}

static size_t version_size(const struct version *v)
{
	return sizeof *v + v->size;
}

static struct version *version_new(struct shard *s, u64 from, struct bytes value)
{
	size_t size = value.at ? value.size : 0;
	struct version *v = must_take(sizeof *v + size);

	*v = (struct version){ .from = from, .size = (u16)size };
	if (size > 0)
		memcpy(v->value, value.at, size);
	s->bytes += version_size(v);
	return v;
}

static void versions_free(struct shard *s, struct version *v)
{
	while (v) {
		struct version *older = v->older;

		s->bytes -= version_size(v);
		free(v);
		v = older;
	}
}

static void shard_grow(struct shard *s)
{
	size_t count = 2 * s->bucket_count;
	struct entry **buckets = must_take(count * sizeof(struct entry *));

	memset(buckets, 0, count * sizeof(struct entry *));
	for (size_t i = 0; i < s->bucket_count; i++)
		for (struct entry *e = s->buckets[i], *next; e; e = next) {
			struct entry **head = &buckets[e->hash & (count - 1)];

			next = e->next;
			e->next = *head;
			*head = e;
		}
	free(s->buckets);
	s->bytes += (count - s->bucket_count) * sizeof(struct entry *);
	s->buckets = buckets;
	s->bucket_count = count;
	s->hand = 0;
}

static struct entry *entry_add(struct shard *s, u64 hash, struct bytes key, struct version *newest)
{
	struct entry *e = must_take(sizeof *e), **head;

	assert(key.size <= TABLE_KEY_MAX);

	if (s->entry_count == s->bucket_count)
		shard_grow(s);
	head = &s->buckets[hash & (s->bucket_count - 1)];
	*e = (struct entry){ .next = *head, .newest = newest, .hash = hash, .key_size = (u8)key.size };
	memcpy(e->key, key.at, key.size);
	*head = e;
	s->entry_count++;
	s->bytes += sizeof *e;
	return e;
}

static void entry_remove(struct shard *s, struct entry **at)
{
	struct entry *e = *at;

	*at = e->next;
	versions_free(s, e->newest);
	s->bytes -= sizeof *e;
	s->entry_count--;
	free(e);
}

/* Second chance: a hot entry becomes cold, a cold one goes.  Two rounds empty the shard. */
static void shard_evict(struct shard *s, size_t bytes_max)
{
	size_t steps = 2 * s->bucket_count;

	for (; s->bytes > bytes_max && steps > 0; steps--) {
		struct entry **at = &s->buckets[s->hand];

		while (*at && s->bytes > bytes_max) {
			if (!(*at)->is_hot) {
				entry_remove(s, at);
				continue;
			}
			(*at)->is_hot = false;
			at = &(*at)->next;
		}
		s->hand = (s->hand + 1) & (s->bucket_count - 1);
	}
}

/* -- life --------------------------------------------------------------------------- */

struct cache *cache_new(size_t bytes_max)
{
	struct cache *c = aligned_alloc(64, sizeof *c);

	if (!c || getrandom(c->seed, sizeof c->seed, 0) != (ssize_t)sizeof c->seed)
		abort();
	c->seed[1] |= 1;
	c->shard_bytes_max = bytes_max / SHARDS;
	for (size_t i = 0; i < SHARDS; i++) {
		size_t size = BUCKETS_MIN * sizeof(struct entry *);
		struct shard *s = &c->shards[i];

		*s = (struct shard){ .bucket_count = BUCKETS_MIN, .bytes = size };
		pthread_mutex_init(&s->lock, NULL);
		s->buckets = must_take(size);
		memset(s->buckets, 0, size);
	}
	return c;
}

void cache_free(struct cache *c)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &c->shards[i];

		for (size_t j = 0; j < s->bucket_count; j++)
			while (s->buckets[j])
				entry_remove(s, &s->buckets[j]);
		free(s->buckets);
		pthread_mutex_destroy(&s->lock);
	}
	free(c);
}

/* -- reading and writing -------------------------------------------------------------- */

enum cache_answer cache_read(struct cache *c, struct cache_version *out, u64 *ticket, struct bytes key,
			     u64 height)
{
	enum cache_answer answer = CACHE_UNKNOWN;
	u64 hash = key_hash(c, key);
	struct shard *s = shard_of(c, hash);
	const struct version *v = NULL;
	struct entry *e;

	pthread_mutex_lock(&s->lock);
	*ticket = s->published;
	e = *entry_find(s, hash, key);
	if (e) {
		e->is_hot = true;
		for (v = e->newest; v && v->from > height;)
			v = v->older;
	}
	if (v) {
		answer = v->size > 0 ? CACHE_FOUND : CACHE_ABSENT;
		out->from = v->from;
		out->size = v->size;
		memcpy(out->value, v->value, v->size);
	}
	pthread_mutex_unlock(&s->lock);
	return answer;
}

void cache_fill(struct cache *c, u64 ticket, struct bytes key, u64 from, struct bytes value)
{
	u64 hash = key_hash(c, key);
	struct shard *s = shard_of(c, hash);

	pthread_mutex_lock(&s->lock);
	if (s->published == ticket && !*entry_find(s, hash, key)) {
		entry_add(s, hash, key, version_new(s, from, value));
		shard_evict(s, c->shard_bytes_max);
	}
	pthread_mutex_unlock(&s->lock);
}

/* Of the versions that CACHE_BLOCKS blocks have not outlived, and the one they begin from. */
static void versions_trim(struct shard *s, struct version *v, u64 height)
{
	while (v && v->from + CACHE_BLOCKS > height)
		v = v->older;
	if (v) {
		versions_free(s, v->older);
		v->older = NULL;
	}
}

void cache_publish(struct cache *c, struct bytes key, u64 height, struct bytes value)
{
	u64 hash = key_hash(c, key);
	struct shard *s = shard_of(c, hash);
	struct version *v;
	struct entry *e;

	assert(!value.at || (value.size > 0 && value.size <= TABLE_VALUE_MAX));

	pthread_mutex_lock(&s->lock);
	s->published++;
	e = *entry_find(s, hash, key);
	if (!e) {
		e = entry_add(s, hash, key, version_new(s, height, value));
	} else if (e->newest->from < height) {
		v = version_new(s, height, value);
		v->older = e->newest;
		e->newest = v;
		versions_trim(s, v, height);
	} /* else a reader has fetched it from disk already */
	e->is_hot = true;
	shard_evict(s, c->shard_bytes_max);
	pthread_mutex_unlock(&s->lock);
}

/* Drops versions of blocks above height; whether none is left. */
static bool versions_rewind(struct shard *s, struct entry *e, u64 height)
{
	while (e->newest && e->newest->from > height) {
		struct version *v = e->newest;

		e->newest = v->older;
		v->older = NULL;
		versions_free(s, v);
	}
	return !e->newest;
}

void cache_rewind(struct cache *c, u64 height)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *s = &c->shards[i];

		pthread_mutex_lock(&s->lock);
		s->published++; /* what is being read from disk may be of a block that is gone */
		for (size_t j = 0; j < s->bucket_count; j++) {
			struct entry **at = &s->buckets[j];

			while (*at) {
				if (versions_rewind(s, *at, height))
					entry_remove(s, at);
				else
					at = &(*at)->next;
			}
		}
		pthread_mutex_unlock(&s->lock);
	}
}
