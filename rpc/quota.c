#include "rpc/quota.h"

#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SETS          1024u
#define WAYS          4u
#define TOKEN         1000000ull    /* what is counted in: a token a second is one a microsecond */
#define REFILL_US_MAX 3600000000ull /* an hour fills any bucket; keeps the product below 2^64 */

struct bucket {
	u64 client; /* 0: free */
	u64 left;   /* in 1 / TOKEN */
	u64 seen_us;
};

struct quota {
	pthread_mutex_t lock;
	u64 rate, full; /* full in 1 / TOKEN */
	bool counts_loopback;
	u64 seed; /* so that nobody can choose addresses that share a set */
	struct bucket buckets[SETS][WAYS];
};

struct quota *quota_new(u32 rate, u32 burst, bool counts_loopback)
{
	struct quota *q = calloc(1, sizeof *q);

	if (!q)
		return NULL;
	(void)pthread_mutex_init(&q->lock, NULL);
	q->rate = rate;
	q->full = (burst ? burst : 1) * TOKEN;
	q->counts_loopback = counts_loopback;
	randombytes_buf(&q->seed, sizeof q->seed);
	return q;
}

void quota_free(struct quota *q)
{
	if (!q)
		return;
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

/* -- who ---------------------------------------------------------------------------- */

/* Never 0: an IPv4 address has a bit that no routed /64 has in its place. */
static u64 client_of_v4(u32 address)
{
	return (u64)0xffff << 32 | address;
}

u64 quota_client(const struct quota *q, const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
	u64 client = 0;
	u32 host;

	if (!address || (address->sa_family != AF_INET && address->sa_family != AF_INET6))
		return 0;
	if (address->sa_family == AF_INET) {
		host = ntohl(v4->sin_addr.s_addr);
	} else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		host = load_be32(v6->sin6_addr.s6_addr + 12);
	} else {
		if (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr))
			return q->counts_loopback ? 1 : 0;
		memcpy(&client, v6->sin6_addr.s6_addr, sizeof client);
		return client ? client : 1;
	}
	return host >> 24 == 127 && !q->counts_loopback ? 0 : client_of_v4(host);
}

u64 quota_client_of_socket(const struct quota *q, int socket)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;

	memset(&address, 0, sizeof address);
	if (getpeername(socket, (struct sockaddr *)&address, &size) != 0)
		return 0;
	return quota_client(q, (const struct sockaddr *)&address);
}

/* -- how much ------------------------------------------------------------------------- */

/* The client's bucket; a new one takes the place of the quietest. */
static struct bucket *bucket_of(struct quota *q, u64 client, u64 now_us)
{
	struct bucket *set = q->buckets[((client ^ q->seed) * 0x9e3779b97f4a7c15ull) >> 54];
	struct bucket *quietest = &set[0];

	static_assert(SETS == 1u << (64 - 54), "the shift picks a set");
	for (u32 i = 0; i < WAYS; i++) {
		if (set[i].client == client)
			return &set[i];
		if (set[i].client == 0 || (quietest->client != 0 && set[i].seen_us < quietest->seen_us))
			quietest = &set[i];
	}
	*quietest = (struct bucket){ client, q->full, now_us };
	return quietest;
}

/* Whoever read the clock first may come second: no time passes twice. */
static void refill(const struct quota *q, struct bucket *b, u64 now_us)
{
	u64 elapsed;

	if (now_us <= b->seen_us)
		return;
	elapsed = now_us - b->seen_us;
	if (elapsed > REFILL_US_MAX)
		elapsed = REFILL_US_MAX;
	b->left += elapsed * q->rate; /* rate < 2^32, elapsed < 2^32 */
	if (b->left > q->full)
		b->left = q->full;
	b->seen_us = now_us;
}

bool quota_take(struct quota *q, u64 client, u32 cost, u64 now_us)
{
	u64 price = cost * TOKEN;
	struct bucket *b;
	bool is_there;

	if (!q || q->rate == 0 || client == 0)
		return true;
	if (price > q->full)
		price = q->full;
	(void)pthread_mutex_lock(&q->lock);
	b = bucket_of(q, client, now_us);
	refill(q, b, now_us);
	is_there = b->left >= price;
	if (is_there)
		b->left -= price;
	(void)pthread_mutex_unlock(&q->lock);
	return is_there;
}

u32 quota_left(struct quota *q, u64 client, u64 now_us)
{
	struct bucket *b;
	u32 left;

	if (!q || q->rate == 0 || client == 0)
		return UINT32_MAX;
	(void)pthread_mutex_lock(&q->lock);
	b = bucket_of(q, client, now_us);
	refill(q, b, now_us);
	left = (u32)(b->left / TOKEN); /* full / TOKEN < 2^32 */
	(void)pthread_mutex_unlock(&q->lock);
	return left;
}
