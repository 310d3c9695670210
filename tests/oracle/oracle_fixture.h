#ifndef TESTS_ORACLE_FIXTURE_H
#define TESTS_ORACLE_FIXTURE_H

/* Small things that the oracle's tests share. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "oracle/report.h"

#define E18 ((u128)1000000000000000000u)

static inline struct hash hash_of_text(const char *text)
{
	struct hash h;

	keccak256(&h, (struct bytes){ (const u8 *)text, strlen(text) });
	return h;
}

static inline void assert_hex(const void *at, size_t size, const char *expected)
{
	char text[2 * 256 + 3];

	assert_true(size <= 256);
	hex_from_bytes(text, (struct bytes){ at, size });
	assert_string_equal(text + 2, expected);
}

/* The report of the published vector, unsigned. */
static inline struct report a_report(void)
{
	struct report r = {
		.reporter = 0,
		.round = 340000000,
		.observed_at = 1700000002,
		.count = 2,
	};

	r.observations[0] = (struct observation){ 0, FEED_TRADING, 5, 2000 * E18, E18, 1700000000 };
	r.observations[1] = (struct observation){ 1, FEED_TRADING, 6, 40000 * E18, 8 * E18, 1700000001 };
	return r;
}

static inline void a_domain(struct report_domain *domain, struct hash feed_ids[2])
{
	memset(domain, 0, sizeof *domain);
	domain->chain_id = 1337;
	domain->aggregator.bytes[18] = 0x08;
	domain->salt = hash_of_text("genesis");
	domain->set_digest = hash_of_text("set-0");
	feed_ids[0] = hash_of_text("ETH/USD:spot:1");
	feed_ids[1] = hash_of_text("BTC/USD:spot:1");
}

/* The key of reporter i is keccak("reporter-i"). */
static inline struct hash reporter_key_of(u8 index)
{
	char name[] = "reporter-0";

	assert_true(index < 10);
	name[9] = (char)('0' + index);
	return hash_of_text(name);
}

/* Signs r as reporter r->reporter of a_domain. */
static inline void report_sign(struct report *r)
{
	const struct hash key = reporter_key_of(r->reporter);
	struct report_domain domain;
	struct hash ids[2], digest;

	a_domain(&domain, ids);
	report_digest(&digest, r, &domain, ids, 2);
	assert_int_equal(signature_sign(&r->signature, key.bytes, &digest), OK);
}

#endif
