#include "client/keystore.h"

#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <nettle/pbkdf2.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "base/hex.h"
#include "client/unicode.h"

#define SCRYPT_BYTES_MAX  (1ull << 30) /* 128 * n * r: what one derivation allocates */
#define SCRYPT_WORK_MAX   (1ull << 25) /* n * r * p: about ten seconds */
#define PBKDF2_ROUNDS_MAX 10000000
#define SALT_SIZE_MAX     256

const struct keystore_work KEYSTORE_STANDARD = { 262144, 8, 1 };
const struct keystore_work KEYSTORE_LIGHT = { 4096, 8, 6 };

/* A file's fields, decoded. */
struct sealed {
	u8 iv[16], mac[32], salt[SALT_SIZE_MAX], text[32];
	size_t salt_size, text_size;
	bool is_scrypt;
	struct keystore_work work;
	u64 rounds;
	bool has_owner;
	struct address owner;
};

static enum err explain(char why[KEYSTORE_WHY_MAX], enum err e, const char *text)
{
	snprintf(why, KEYSTORE_WHY_MAX, "%s", text);
	return e;
}

/* Hexadecimal digits without 0x, as these files write bytes (0x is accepted too). */
static enum err hex_read(u8 *out, size_t *size, size_t capacity, const char *text)
{
	char prefixed[2 * SALT_SIZE_MAX + 3] = "0x";

	if (!text)
		return ERR_SYNTAX;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (strlen(text) > sizeof prefixed - 3)
		return ERR_SIZE;
	strcpy(prefixed + 2, text);
	return hex_to_bytes(out, size, capacity, prefixed, strlen(prefixed));
}

static enum err hex_read_fixed(u8 *out, size_t size, const char *text)
{
	size_t got;

	TRY(hex_read(out, &got, size, text));
	return got == size ? OK : ERR_SIZE;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A positive integer below 2^53; 0 if there is none. */
static u64 count_at(const json_t *object, const char *key)
{
	json_int_t x = json_integer_value(json_object_get(object, key));

	return x > 0 && x < (1ll << 53) ? (u64)x : 0;
}

/* Whether scrypt is defined for these numbers and stays within the caps. */
static enum err scrypt_check(u64 n, u64 r, u64 p)
{
	if (n < 2 || (n & (n - 1)) || r == 0 || p == 0)
		return ERR_RANGE;
	if (r > SCRYPT_BYTES_MAX / 128 || n > SCRYPT_BYTES_MAX / 128 / r)
		return ERR_SIZE;
	if (p > SCRYPT_WORK_MAX / (n * r))
		return ERR_SIZE;
	return OK;
}

static enum err kdf_parse(struct sealed *out, const json_t *crypto, char why[KEYSTORE_WHY_MAX])
{
	const json_t *params = json_object_get(crypto, "kdfparams");
	const char *name = text_at(crypto, "kdf");
	const char *prf = text_at(params, "prf");
	u64 n = count_at(params, "n"), r = count_at(params, "r"), p = count_at(params, "p");
	enum err e;

	if (!name ||
	    hex_read(out->salt, &out->salt_size, sizeof out->salt, text_at(params, "salt")))
		return explain(why, ERR_SYNTAX, "the key derivation has no name or no salt");
	if (count_at(params, "dklen") != 32)
		return explain(why, ERR_TYPE, "dklen is not 32");
	if (strcmp(name, "scrypt") == 0) {
		e = scrypt_check(n, r, p);
		if (e == ERR_RANGE)
			return explain(why, ERR_SYNTAX,
				       "scrypt's n is not a power of two, or r or p is missing");
		if (e)
			return explain(why, e,
				       "scrypt's n, r, p ask for more than 1 GiB or too much work");
		out->is_scrypt = true;
		out->work = (struct keystore_work){ n, (u32)r, (u32)p };
		return OK;
	}
	if (strcmp(name, "pbkdf2") != 0 || !prf || strcmp(prf, "hmac-sha256") != 0)
		return explain(why, ERR_TYPE,
			       "key derivation is neither scrypt nor pbkdf2 with hmac-sha256");
	out->rounds = count_at(params, "c");
	if (out->rounds == 0)
		return explain(why, ERR_SYNTAX, "pbkdf2's c is missing");
	return out->rounds <= PBKDF2_ROUNDS_MAX
		       ? OK
		       : explain(why, ERR_SIZE, "pbkdf2 asks for too many rounds");
}

static enum err sealed_parse(struct sealed *out, const json_t *file, char why[KEYSTORE_WHY_MAX])
{
	const json_t *crypto = json_object_get(file, "crypto");
	const char *cipher, *owner = text_at(file, "address");

	memset(out, 0, sizeof *out);
	if (!crypto)
		crypto = json_object_get(file, "Crypto"); /* old geth, ethers */
	if (!crypto)
		crypto = json_object_get(file, "CRYPTO");
	if (json_integer_value(json_object_get(file, "version")) != 3)
		return explain(why, ERR_SYNTAX, "not a version 3 key file");
	cipher = text_at(crypto, "cipher");
	if (!cipher || strcmp(cipher, "aes-128-ctr") != 0)
		return explain(why, ERR_TYPE, "the cipher is not aes-128-ctr");
	if (hex_read_fixed(out->iv, sizeof out->iv,
			   text_at(json_object_get(crypto, "cipherparams"), "iv")) ||
	    hex_read_fixed(out->mac, sizeof out->mac, text_at(crypto, "mac")) ||
	    hex_read(out->text, &out->text_size, sizeof out->text, text_at(crypto, "ciphertext")) ||
	    out->text_size == 0)
		return explain(why, ERR_SYNTAX,
			       "iv, mac or ciphertext is missing or has a wrong length");
	if (owner) {
		if (hex_read_fixed(out->owner.bytes, sizeof out->owner.bytes, owner))
			return explain(why, ERR_SYNTAX, "address is not 20 bytes of hexadecimal");
		out->has_owner = true;
	}
	return kdf_parse(out, crypto, why);
}

static enum err key_derive(u8 out[32], const struct sealed *s, const char *password)
{
	const u8 *secret = (const u8 *)password;

	if (s->is_scrypt)
		return crypto_pwhash_scryptsalsa208sha256_ll(secret, strlen(password), s->salt,
							     s->salt_size, s->work.n, s->work.r,
							     s->work.p, out, 32) == 0
			       ? OK
			       : ERR_FULL;
	pbkdf2_hmac_sha256(strlen(password), secret, (unsigned)s->rounds, s->salt_size, s->salt, 32,
			   out);
	return OK;
}

/* AES-128-CTR is its own inverse. */
static void text_crypt(u8 *out, const struct sealed *s, const u8 derived[32], const u8 *in,
		       size_t size)
{
	struct aes128_ctx aes;
	u8 counter[16];

	memcpy(counter, s->iv, sizeof counter);
	aes128_set_encrypt_key(&aes, derived);
	ctr_crypt(&aes, (nettle_cipher_func *)aes128_encrypt, 16, counter, size, out, in);
	sodium_memzero(&aes, sizeof aes);
}

static void mac_of(struct hash *out, const struct sealed *s, const u8 derived[32])
{
	struct bytes parts[] = { { derived + 16, 16 }, { s->text, s->text_size } };

	keccak256_parts(out, parts, ARRAY_COUNT(parts));
}

/* The key that opens a file.  ERR_SIGNATURE: not with this password. */
static enum err key_try(u8 derived[32], const struct sealed *s, const char *password)
{
	struct hash mac;

	TRY(key_derive(derived, s, password));
	mac_of(&mac, s, derived);
	return sodium_memcmp(mac.bytes, s->mac, sizeof s->mac) == 0 ? OK : ERR_SIGNATURE;
}

/* geth takes a password's bytes as they are typed, ethers their NFKC form. */
static enum err key_find(u8 derived[32], const struct sealed *s, const char *password)
{
	char form[UNICODE_FORM_MAX];
	enum err e = key_try(derived, s, password);

	if (e == ERR_SIGNATURE && unicode_nfkc(form, password) == OK && strcmp(form, password) != 0)
		e = key_try(derived, s, form);
	sodium_memzero(form, sizeof form);
	return e;
}

enum err keystore_decrypt(u8 key[32], const json_t *file, const char *password,
			  char why[KEYSTORE_WHY_MAX])
{
	u8 derived[32], plain[32] = { 0 };
	struct address owner;
	struct sealed s;
	enum err e;

	TRY(sealed_parse(&s, file, why));
	e = key_find(derived, &s, password);
	if (e == ERR_SIGNATURE) {
		explain(why, e, "wrong password");
	} else if (e) {
		explain(why, e, "not enough memory to derive the key");
	} else {
		/* Short keys are numbers without their leading zeros. */
		text_crypt(plain + sizeof plain - s.text_size, &s, derived, s.text, s.text_size);
		e = address_of_key(&owner, plain)
			    ? explain(why, ERR_MISMATCH, "what is inside is not a secret key")
			    : OK;
	}
	if (!e && s.has_owner && address_cmp(&owner, &s.owner) != 0)
		e = explain(why, ERR_MISMATCH,
			    "the key inside belongs to another address than the file says");
	if (!e)
		memcpy(key, plain, sizeof plain);
	sodium_memzero(derived, sizeof derived);
	sodium_memzero(plain, sizeof plain);
	return e;
}

/* A random version 4 UUID. */
static void uuid_make(char out[37])
{
	u8 x[16];

	randombytes_buf(x, sizeof x);
	x[6] = (u8)((x[6] & 0x0f) | 0x40);
	x[8] = (u8)((x[8] & 0x3f) | 0x80);
	snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9], x[10], x[11], x[12],
		 x[13], x[14], x[15]);
}

static json_t *hex_json(const u8 *at, size_t size)
{
	char text[2 * SALT_SIZE_MAX + 3];

	hex_from_bytes(text, (struct bytes){ at, size });
	return json_string(text + 2); /* without 0x */
}

json_t *keystore_encrypt(const u8 key[32], const char *password, const char *name,
			 const struct keystore_work *work)
{
	struct sealed s = { .salt_size = 32, .text_size = 32, .is_scrypt = true, .work = *work };
	char uuid[37], form[UNICODE_FORM_MAX];
	struct hash mac;
	u8 derived[32];
	json_t *file;
	enum err e;

	if (sodium_init() < 0 || address_of_key(&s.owner, key) ||
	    scrypt_check(work->n, work->r, work->p))
		return NULL;
	randombytes_buf(s.salt, s.salt_size);
	randombytes_buf(s.iv, sizeof s.iv);
	/* Bytes that are no text have no form. */
	e = key_derive(derived, &s, unicode_nfkc(form, password) == OK ? form : password);
	sodium_memzero(form, sizeof form);
	if (e)
		return NULL;
	text_crypt(s.text, &s, derived, key, 32);
	mac_of(&mac, &s, derived);
	sodium_memzero(derived, sizeof derived);
	uuid_make(uuid);
	file = json_pack(
		"{s:o, s:{s:s, s:o, s:{s:o}, s:s, s:{s:i, s:I, s:i, s:i, s:o}, s:o}, s:s, s:i}",
		"address", hex_json(s.owner.bytes, sizeof s.owner.bytes), "crypto", "cipher",
		"aes-128-ctr", "ciphertext", hex_json(s.text, sizeof s.text), "cipherparams", "iv",
		hex_json(s.iv, sizeof s.iv), "kdf", "scrypt", "kdfparams", "dklen", 32, "n",
		(json_int_t)work->n, "p", (int)work->p, "r", (int)work->r, "salt",
		hex_json(s.salt, s.salt_size), "mac", hex_json(mac.bytes, sizeof mac.bytes), "id",
		uuid, "version", 3);
	if (file && name && *name)
		json_object_set_new(file, "name", json_string(name));
	return file;
}
