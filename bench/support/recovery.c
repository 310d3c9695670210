#include "bench/support/recovery.h"

#include <pthread.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/measure.h"

#define SIGNATURES 256u
#define THREADS    64u

struct recoverer {
	pthread_t thread;
	u64 until_ns, count, cpu_ns;
};

static void sign(secp256k1_context *ctx, secp256k1_ecdsa_recoverable_signature *out, u8 digest[32], u32 i)
{
	u8 key[32] = { 0 };

	store_be32(key + 28, i + 1);
	memset(digest, 0x5a, 32);
	store_be32(digest, i);
	if (!secp256k1_ecdsa_sign_recoverable(ctx, out, digest, key, NULL, NULL))
		give_up("a signature cannot be made");
}

static void *recover_loop(void *context)
{
	struct recoverer *r = context;
	secp256k1_context *ctx = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
	secp256k1_ecdsa_recoverable_signature signatures[SIGNATURES];
	secp256k1_pubkey key;
	u8 digests[SIGNATURES][32];

	for (u32 i = 0; i < SIGNATURES; i++)
		sign(ctx, &signatures[i], digests[i], i);
	r->cpu_ns = cpu_thread_ns();
	while (now_ns() < r->until_ns) {
		for (u32 i = 0; i < 16; i++, r->count++) {
			u32 which = (u32)(r->count % SIGNATURES);

			if (!secp256k1_ecdsa_recover(ctx, &key, &signatures[which], digests[which]))
				give_up("a signature does not recover");
		}
	}
	r->cpu_ns = cpu_thread_ns() - r->cpu_ns;
	secp256k1_context_destroy(ctx);
	return NULL;
}

struct recovery recovery_measure(u64 milliseconds)
{
	struct recoverer list[THREADS];
	u32 threads = cores() < THREADS ? cores() : THREADS;
	u64 start = now_ns(), count = 0, cpu = 0;

	for (u32 i = 0; i < threads; i++) {
		list[i] = (struct recoverer){ .until_ns = start + milliseconds * 1000000 };
		if (pthread_create(&list[i].thread, NULL, recover_loop, &list[i]) != 0)
			give_up("a thread cannot be made");
	}
	for (u32 i = 0; i < threads; i++) {
		pthread_join(list[i].thread, NULL);
		count += list[i].count;
		cpu += list[i].cpu_ns;
	}
	return (struct recovery){ .per_second = (double)count * 1e9 / (double)(now_ns() - start),
				  .cpu_ns = (double)cpu / (double)count };
}
