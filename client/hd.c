#include "client/hd.h"

#include <nettle/hmac.h>
#include <secp256k1.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/ecdsa.h"

static enum err step_read(u32 *out, const char **at)
{
	u64 x = 0;

	if (**at < '0' || **at > '9')
		return ERR_SYNTAX;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		x = x * 10 + (u64)(**at - '0');
		if (x >= HD_HARDENED)
			return ERR_RANGE;
	}
	if (**at == '\'' || **at == 'h') {
		x |= HD_HARDENED;
		(*at)++;
	}
	*out = (u32)x;
	return OK;
}

enum err hd_path_parse(struct hd_path *out, const char *text)
{
	struct hd_path path = { .depth = 0 };

	if (*text++ != 'm')
		return ERR_SYNTAX;
	while (*text) {
		if (*text++ != '/')
			return ERR_SYNTAX;
		if (path.depth == HD_DEPTH_MAX)
			return ERR_DEPTH;
		TRY(step_read(&path.steps[path.depth++], &text));
	}
	*out = path;
	return OK;
}

void hd_path_format(char out[HD_PATH_MAX], const struct hd_path *path)
{
	size_t used = (size_t)snprintf(out, HD_PATH_MAX, "m");

	for (size_t i = 0; i < path->depth; i++) /* at most 12 bytes each */
		used += (size_t)snprintf(out + used, HD_PATH_MAX - used, "/%u%s",
					 path->steps[i] & ~HD_HARDENED,
					 path->steps[i] & HD_HARDENED ? "'" : "");
}

enum err hd_path_set(struct hd_path *path, size_t step, u64 index)
{
	if (step >= path->depth || index >= HD_HARDENED)
		return ERR_RANGE;
	path->steps[step] = (path->steps[step] & HD_HARDENED) | (u32)index;
	return OK;
}

static void hmac(u8 out[64], struct bytes key, struct bytes message)
{
	struct hmac_sha512_ctx context;

	hmac_sha512_set_key(&context, key.size, key.at);
	hmac_sha512_update(&context, message.size, message.at);
	hmac_sha512_digest(&context, 64, out);
	sodium_memzero(&context, sizeof context);
}

enum err hd_master(struct hd_node *out, struct bytes seed)
{
	struct address owner;
	u8 wide[64];
	enum err e;

	if (seed.size < 16 || seed.size > 64)
		return ERR_SIZE;
	hmac(wide, (struct bytes){ (const u8 *)"Bitcoin seed", 12 }, seed);
	e = address_of_key(&owner, wide);
	if (!e) {
		memcpy(out->key, wide, 32);
		memcpy(out->chain_code, wide + 32, 32);
	}
	sodium_memzero(wide, sizeof wide);
	return e;
}

/* 0 and the key, or the compressed public key; then the index. */
static enum err child_message(u8 out[37], const struct hd_node *parent, u32 step)
{
	u8 public[64];

	store_be32(out + 33, step);
	if (step & HD_HARDENED) {
		out[0] = 0;
		memcpy(out + 1, parent->key, 32);
		return OK;
	}
	TRY(public_of_key(public, parent->key));
	out[0] = (u8)(2 + (public[63] & 1)); /* whether y is odd */
	memcpy(out + 1, public, 32);
	return OK;
}

enum err hd_child(struct hd_node *out, const struct hd_node *parent, u32 step)
{
	u8 message[37], wide[64], key[32];
	enum err e = child_message(message, parent, step);

	if (e)
		return e;
	hmac(wide, (struct bytes){ parent->chain_code, 32 }, (struct bytes){ message, sizeof message });
	memcpy(key, parent->key, sizeof key);
	if (secp256k1_ec_seckey_tweak_add(secp256k1_context_static, key, wide)) {
		memcpy(out->key, key, 32);
		memcpy(out->chain_code, wide + 32, 32);
	} else {
		e = ERR_SIGNATURE;
	}
	sodium_memzero(message, sizeof message);
	sodium_memzero(wide, sizeof wide);
	sodium_memzero(key, sizeof key);
	return e;
}

enum err hd_key(u8 key[32], struct bytes seed, const struct hd_path *path)
{
	struct hd_node node = { { 0 }, { 0 } };
	enum err e = hd_master(&node, seed);

	for (size_t i = 0; !e && i < path->depth; i++)
		e = hd_child(&node, &node, path->steps[i]);
	if (!e)
		memcpy(key, node.key, sizeof node.key);
	sodium_memzero(&node, sizeof node);
	return e;
}
