#include "contracts-native/feeds/admission.h"

#include <assert.h>

void feeds_domain(struct report_domain *out, struct state *s)
{
	struct oracle_set set;
	struct chain chain;

	chain_read(s, &(struct chain_key){ 0 }, &chain);
	oracle_set_read(s, &(struct oracle_set_key){ 0 }, &set);
	out->chain_id = chain.chain_id;
	out->aggregator = contract_address(CONTRACT_AGGREGATOR, 0);
	out->salt = chain.genesis;
	out->set_digest = set.digest;
}

void report_terms_read(struct report_terms *out, struct state *s)
{
	struct chain chain;
	struct feed feed;

	chain_read(s, &(struct chain_key){ 0 }, &chain);
	oracle_set_read(s, &(struct oracle_set_key){ 0 }, &out->set);
	feeds_domain(&out->domain, s);
	assert(chain.feed_count <= REPORT_FEEDS_MAX);
	out->feed_count = chain.feed_count;
	for (u16 i = 0; i < chain.feed_count; i++) {
		feed_read(s, &(struct feed_key){ i }, &feed);
		out->feed_ids[i] = feed.id;
	}
}

static enum err frame_check(struct report *out, const struct report_terms *terms, struct bytes wire)
{
	size_t taken;

	TRY(report_decode(out, &taken, wire));
	if (taken != wire.size)
		return ERR_TRAILING;
	if (out->set_id != terms->set.set_id || terms->set.period == 0)
		return ERR_ORACLE_SET;
	if (out->reporter >= terms->set.reporter_count)
		return ERR_ORACLE_REPORTER;
	if (out->observed_at / terms->set.period != out->round)
		return ERR_ORACLE_ROUND;
	return OK;
}

static enum err time_check(const struct report *r, const struct oracle_set *set, const struct block_env *env)
{
	const u64 current = env->time / set->period;

	if (r->round <= set->last_round)
		return ERR_ORACLE_STALE;
	if (!env->devnet && r->round < current && current - r->round > REPORT_ROUNDS_BEHIND_MAX)
		return ERR_ORACLE_STALE;
	if (r->observed_at > env->time && r->observed_at - env->time > REPORT_AHEAD_MAX)
		return ERR_ORACLE_FUTURE;
	return OK;
}

static enum err signature_check(struct hash *digest, const struct report *r, const struct report_terms *terms,
				struct state *s)
{
	struct address signer;
	struct reporter registered;
	struct hash signing;

	/* Feeds ascend: the last is the greatest. */
	if (r->observations[r->count - 1].feed >= terms->feed_count)
		return ERR_ORACLE_FEED;
	report_digest(&signing, r, &terms->domain, terms->feed_ids, terms->feed_count);
	TRY(signature_recover(&signer, &r->signature, &signing));
	reporter_read(s, &(struct reporter_key){ r->reporter }, &registered);
	if (address_cmp(&signer, &registered.key) != 0)
		return ERR_SIGNATURE;
	*digest = signing;
	return OK;
}

enum err report_authenticate(struct report *out, struct hash *digest, const struct report_terms *terms,
			     struct state *s, struct bytes wire)
{
	struct report r;

	TRY(frame_check(&r, terms, wire));
	TRY(signature_check(digest, &r, terms, s));
	*out = r;
	return OK;
}

enum err report_admit(struct report *out, struct hash *digest, const struct report_terms *terms, struct state *s,
		      const struct block_env *env, struct bytes wire)
{
	struct report r;

	TRY(frame_check(&r, terms, wire));
	TRY(time_check(&r, &terms->set, env));
	TRY(signature_check(digest, &r, terms, s));
	*out = r;
	return OK;
}

enum err feeds_admit_report(struct state *s, const struct block_env *env, struct bytes wire)
{
	struct report_terms terms;
	struct report report;
	struct hash digest;

	report_terms_read(&terms, s);
	return report_admit(&report, &digest, &terms, s, env, wire);
}
