#include "oracle/feeder/observer.h"

#include <assert.h>

enum err observer_report(u8 out[REPORT_SIZE_MAX], size_t *size, const struct observer *o, u64 observed_at,
			 const struct sample *samples)
{
	struct report r = {
		.reporter = o->reporter,
		.set_id = o->set_id,
		.observed_at = observed_at,
		.count = o->feed_count,
	};
	struct hash digest;

	assert(o->period > 0);
	assert(o->feed_count >= 1 && o->feed_count <= REPORT_FEEDS_MAX);
	r.round = observed_at / o->period;
	for (u16 i = 0; i < o->feed_count; i++) {
		const bool trading = samples[i].status == FEED_TRADING;

		r.observations[i] = (struct observation){
			.feed = i,
			.status = (u8)samples[i].status,
			.venues = samples[i].venues,
			.price = trading ? samples[i].price : 0,
			.confidence = trading ? samples[i].confidence : 0,
			.trade_time = samples[i].trade_time,
		};
	}
	report_digest(&digest, &r, &o->domain, o->feed_ids, o->feed_count);
	TRY(signature_sign(&r.signature, o->key, &digest));
	*size = report_encode(out, &r);
	return OK;
}
