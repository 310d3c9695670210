#include "oracle/report.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

#define WORD 32

/* Where the fields of the head and of an observation lie. */
enum {
	AT_VERSION = 4,
	AT_ALGORITHM = 5,
	AT_REPORTER = 6,
	AT_RESERVED = 7,
	AT_SET = 8,
	AT_ROUND = 16,
	AT_OBSERVED = 24,
	AT_COUNT = 32,
};
enum { AT_FEED = 0,
       AT_STATUS = 2,
       AT_VENUES = 3,
       AT_PRICE = 4,
       AT_CONFIDENCE = 20,
       AT_TRADE = 36 };
static_assert(AT_COUNT + 2 == REPORT_HEAD_SIZE && AT_TRADE + 8 == REPORT_FEED_SIZE, "wire layout");

static const u8 MAGIC[4] = { 'O', 'R', 'P', '1' };
#define VERSION_1 1
#define SECP256K1 1

static u128 load_u128(const u8 *at)
{
	return (u128)load_be64(at) << 64 | load_be64(at + 8);
}

static void store_u128(u8 *at, u128 x)
{
	store_be64(at, (u64)(x >> 64));
	store_be64(at + 8, (u64)x);
}

/* -- wire ------------------------------------------------------------------------ */

void report_observation(struct observation *out, struct bytes wire, u32 index)
{
	const u8 *at = wire.at + REPORT_HEAD_SIZE + (size_t)index * REPORT_FEED_SIZE;

	assert(index < load_be16(wire.at + AT_COUNT));
	out->feed = load_be16(at + AT_FEED);
	out->status = at[AT_STATUS];
	out->venues = at[AT_VENUES];
	out->price = load_u128(at + AT_PRICE);
	out->confidence = load_u128(at + AT_CONFIDENCE);
	out->trade_time = load_be64(at + AT_TRADE);
}

static enum err head_check(struct bytes in)
{
	if (in.size < REPORT_HEAD_SIZE)
		return ERR_TRUNCATED;
	if (memcmp(in.at, MAGIC, sizeof MAGIC) != 0)
		return ERR_SYNTAX;
	if (in.at[AT_VERSION] != VERSION_1 || in.at[AT_ALGORITHM] != SECP256K1)
		return ERR_TYPE;
	if (in.at[AT_RESERVED] != 0)
		return ERR_CANONICAL;
	if (in.at[AT_REPORTER] >= REPORT_REPORTERS_MAX)
		return ERR_RANGE;
	return OK;
}

static enum err observation_check(const struct observation *o)
{
	if (o->status < FEED_TRADING || o->status > FEED_UNSUPPORTED)
		return ERR_RANGE;
	if (o->status != FEED_TRADING)
		return o->price || o->confidence ? ERR_CANONICAL : OK;
	return o->price == 0 || o->confidence > o->price ? ERR_RANGE : OK;
}

static enum err observations_check(struct bytes in, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		struct observation o, before;

		report_observation(&o, in, i);
		TRY(observation_check(&o));
		if (i == 0)
			continue;
		report_observation(&before, in, i - 1);
		if (before.feed >= o.feed)
			return ERR_ORDER;
	}
	return OK;
}

static void signature_load(struct signature *out, const u8 *at)
{
	out->r = u256_from_be(at);
	out->s = u256_from_be(at + WORD);
	out->y_parity = at[2 * WORD];
}

enum err report_decode(struct report *out, size_t *taken, struct bytes in)
{
	struct signature signature;
	size_t body;
	u16 count;

	TRY(head_check(in));
	count = load_be16(in.at + AT_COUNT);
	if (count == 0 || count > REPORT_FEEDS_MAX)
		return ERR_RANGE;
	body = REPORT_HEAD_SIZE + (size_t)count * REPORT_FEED_SIZE;
	if (in.size < body + REPORT_SIGNATURE_SIZE)
		return ERR_TRUNCATED;
	TRY(observations_check(in, count));
	signature_load(&signature, in.at + body);
	if (!signature_is_canonical(&signature))
		return ERR_SIGNATURE;

	out->reporter = in.at[AT_REPORTER];
	out->set_id = load_be64(in.at + AT_SET);
	out->round = load_be64(in.at + AT_ROUND);
	out->observed_at = load_be64(in.at + AT_OBSERVED);
	out->count = count;
	for (u32 i = 0; i < count; i++)
		report_observation(&out->observations[i], in, i);
	out->signature = signature;
	*taken = body + REPORT_SIGNATURE_SIZE;
	return OK;
}

static void observation_store(u8 *at, const struct observation *o)
{
	store_be16(at + AT_FEED, o->feed);
	at[AT_STATUS] = o->status;
	at[AT_VENUES] = o->venues;
	store_u128(at + AT_PRICE, o->price);
	store_u128(at + AT_CONFIDENCE, o->confidence);
	store_be64(at + AT_TRADE, o->trade_time);
}

size_t report_encode(u8 *out, const struct report *r)
{
	u8 *at = out + REPORT_HEAD_SIZE;

	assert(r->count <= REPORT_FEEDS_MAX);
	memcpy(out, MAGIC, sizeof MAGIC);
	out[AT_VERSION] = VERSION_1;
	out[AT_ALGORITHM] = SECP256K1;
	out[AT_REPORTER] = r->reporter;
	out[AT_RESERVED] = 0;
	store_be64(out + AT_SET, r->set_id);
	store_be64(out + AT_ROUND, r->round);
	store_be64(out + AT_OBSERVED, r->observed_at);
	store_be16(out + AT_COUNT, r->count);
	for (u32 i = 0; i < r->count; i++, at += REPORT_FEED_SIZE)
		observation_store(at, &r->observations[i]);
	u256_to_be(at, &r->signature.r);
	u256_to_be(at + WORD, &r->signature.s);
	at[2 * WORD] = r->signature.y_parity;
	return (size_t)(at - out) + REPORT_SIGNATURE_SIZE;
}

/* -- what is signed: EIP-712 ------------------------------------------------------- */

static void word_u128(u8 word[WORD], u128 x)
{
	memset(word, 0, WORD);
	store_u128(word + WORD - 16, x);
}

static void word_hash(u8 word[WORD], const struct hash *h)
{
	memcpy(word, h->bytes, WORD);
}

#define TEXT(literal) ((struct bytes){ (const u8 *)(literal), sizeof(literal) - 1 })

static void word_text(u8 word[WORD], struct bytes text)
{
	struct hash h;

	keccak256(&h, text);
	word_hash(word, &h);
}

void report_domain_separator(struct hash *out, const struct report_domain *domain)
{
	u8 words[6][WORD];

	word_text(words[0], TEXT(REPORT_DOMAIN_TYPE));
	word_text(words[1], TEXT(REPORT_NAME));
	word_text(words[2], TEXT(REPORT_VERSION));
	word_u128(words[3], domain->chain_id);
	memset(words[4], 0, WORD);
	memcpy(words[4] + WORD - 20, domain->aggregator.bytes, 20);
	word_hash(words[5], &domain->salt);
	keccak256(out, (struct bytes){ words[0], sizeof words });
}

static void observations_hash(struct hash *out, const struct report *r, const struct hash *feed_ids,
			      size_t feed_count)
{
	struct hash each[REPORT_FEEDS_MAX];
	u8 words[7][WORD];

	assert(r->count <= REPORT_FEEDS_MAX);
	word_text(words[0], TEXT(REPORT_FEED_TYPE));
	for (u32 i = 0; i < r->count; i++) {
		const struct observation *o = &r->observations[i];

		assert(o->feed < feed_count);
		word_hash(words[1], &feed_ids[o->feed]);
		word_u128(words[2], o->price);
		word_u128(words[3], o->confidence);
		word_u128(words[4], o->trade_time);
		word_u128(words[5], o->venues);
		word_u128(words[6], o->status);
		keccak256(&each[i], (struct bytes){ words[0], sizeof words });
	}
	keccak256(out, (struct bytes){ each[0].bytes, r->count * sizeof *each });
}

void report_struct_hash(struct hash *out, const struct report *r, const struct hash *digest_of_set,
			const struct hash *feed_ids, size_t feed_count)
{
	struct hash observations;
	u8 words[6][WORD];

	observations_hash(&observations, r, feed_ids, feed_count);
	word_text(words[0], TEXT(REPORT_TYPE));
	word_hash(words[1], digest_of_set);
	word_u128(words[2], r->round);
	word_u128(words[3], r->observed_at);
	word_u128(words[4], r->reporter);
	word_hash(words[5], &observations);
	keccak256(out, (struct bytes){ words[0], sizeof words });
}

void report_digest(struct hash *out, const struct report *r, const struct report_domain *domain,
		   const struct hash *feed_ids, size_t feed_count)
{
	static const u8 prefix[2] = { 0x19, 0x01 };
	struct hash separator, content;

	report_domain_separator(&separator, domain);
	report_struct_hash(&content, r, &domain->set_digest, feed_ids, feed_count);
	keccak256_parts(out,
			(const struct bytes[]){ { prefix, sizeof prefix },
						{ separator.bytes, WORD },
						{ content.bytes, WORD } },
			3);
}
