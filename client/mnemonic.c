#include "client/mnemonic.h"

#include <nettle/pbkdf2.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "client/unicode.h"

#define LIST_SIZE     2048
#define WORD_BITS     11
#define WORD_SIZE_MAX 8
#define SEED_ROUNDS   2048

/* The build runs at the root of the repository; a test knows the file's hash. */
__asm__(".section .rodata\n"
	".globl bip39_text\n"
	"bip39_text:\n"
	".incbin \"client/bip39_english.txt\"\n"
	".globl bip39_text_end\n"
	"bip39_text_end:\n"
	".byte 0\n"
	".previous\n");

extern const u8 bip39_text[], bip39_text_end[];

struct bytes mnemonic_list(void)
{
	return (struct bytes){ bip39_text, (size_t)(bip39_text_end - bip39_text) };
}

/* Line index of the list, without its end. */
static struct bytes word_at(size_t index)
{
	struct bytes list = mnemonic_list();
	const u8 *at = list.at, *end;

	for (size_t i = 0; i < index; i++)
		at = (const u8 *)memchr(at, '\n', (size_t)(list.at + list.size - at)) + 1;
	end = memchr(at, '\n', (size_t)(list.at + list.size - at));
	return (struct bytes){ at, (size_t)(end - at) };
}

/* The line of a word in any case; LIST_SIZE if none. */
static size_t word_index(const char *text, size_t size)
{
	u8 lower[WORD_SIZE_MAX];
	struct bytes list = mnemonic_list();
	const u8 *at = list.at;
	size_t i = 0, length;

	if (size > sizeof lower)
		return LIST_SIZE;
	for (size_t j = 0; j < size; j++)
		lower[j] = (u8)(text[j] >= 'A' && text[j] <= 'Z' ? text[j] + 'a' - 'A' : text[j]);
	for (; i < LIST_SIZE; i++, at += length + 1) {
		length = (size_t)((const u8 *)memchr(at, '\n', (size_t)(list.at + list.size - at)) - at);
		if (length == size && memcmp(at, lower, size) == 0)
			break;
	}
	sodium_memzero(lower, sizeof lower);
	return i;
}

static bool entropy_size_is_fine(size_t size)
{
	return size >= 16 && size <= MNEMONIC_ENTROPY_MAX && size % 4 == 0;
}

/* The 11 bits from bit on. */
static size_t bits_at(const u8 *bits, size_t bit)
{
	size_t x = 0;

	for (size_t i = bit; i < bit + WORD_BITS; i++)
		x = x << 1 | ((unsigned)bits[i / 8] >> (7 - i % 8) & 1u);
	return x;
}

enum err mnemonic_from_entropy(char out[MNEMONIC_TEXT_MAX], struct bytes entropy)
{
	u8 bits[MNEMONIC_ENTROPY_MAX + 1];
	struct hash sum;
	size_t used = 0;

	if (!entropy_size_is_fine(entropy.size))
		return ERR_SIZE;
	memcpy(bits, entropy.at, entropy.size);
	sha256(&sum, entropy);
	bits[entropy.size] = sum.bytes[0]; /* at most 8 bits of it are used */
	for (size_t i = 0; i < entropy.size * 3 / 4; i++) {
		struct bytes word = word_at(bits_at(bits, i * WORD_BITS));

		used += (size_t)snprintf(out + used, MNEMONIC_TEXT_MAX - used, "%s%.*s",
					 i == 0 ? "" : " ", (int)word.size, (const char *)word.at);
	}
	sodium_memzero(bits, sizeof bits);
	return OK;
}

/* Words to bits, the checksum's included; the number of words, or ERR_NOT_FOUND and which one. */
static enum err words_read(u8 bits[MNEMONIC_ENTROPY_MAX + 1], size_t *count, const char *phrase)
{
	size_t words = 0, bit = 0;

	memset(bits, 0, MNEMONIC_ENTROPY_MAX + 1);
	for (;;) {
		size_t size, index;

		phrase += strspn(phrase, " \t\r\n");
		size = strcspn(phrase, " \t\r\n");
		if (size == 0)
			break;
		if (words++ == MNEMONIC_WORDS_MAX)
			break; /* too many: the caller says so */
		index = word_index(phrase, size);
		*count = words;
		if (index == LIST_SIZE)
			return ERR_NOT_FOUND;
		for (size_t i = 0; i < WORD_BITS; i++, bit++)
			bits[bit / 8] |= (u8)((index >> (WORD_BITS - 1 - i) & 1u) << (7 - bit % 8));
		phrase += size;
	}
	*count = words;
	return OK;
}

enum err mnemonic_to_entropy(u8 out[MNEMONIC_ENTROPY_MAX], size_t *size, const char *phrase,
			     char why[MNEMONIC_WHY_MAX])
{
	u8 bits[MNEMONIC_ENTROPY_MAX + 1], mask;
	size_t count, bytes;
	struct hash sum;
	enum err e = words_read(bits, &count, phrase);

	bytes = count * 4 / 3;
	if (e) {
		snprintf(why, MNEMONIC_WHY_MAX, "word %zu is not in the English list of BIP-39", count);
	} else if (count % 3 != 0 || !entropy_size_is_fine(bytes)) {
		e = ERR_SIZE;
		snprintf(why, MNEMONIC_WHY_MAX, "a phrase has 12, 15, 18, 21 or 24 words, not %s%zu",
			 count > MNEMONIC_WORDS_MAX ? "more than " : "",
			 count > MNEMONIC_WORDS_MAX ? (size_t)MNEMONIC_WORDS_MAX : count);
	} else {
		sha256(&sum, (struct bytes){ bits, bytes });
		mask = (u8)(0xff00u >> (bytes / 4)); /* a bit for every 4 bytes */
		if ((bits[bytes] ^ sum.bytes[0]) & mask) {
			e = ERR_CANONICAL;
			snprintf(why, MNEMONIC_WHY_MAX,
				 "a word is wrong or misplaced: the checksum does not match");
		} else {
			memcpy(out, bits, bytes);
			*size = bytes;
		}
	}
	sodium_memzero(bits, sizeof bits);
	return e;
}

enum err mnemonic_stretch(u8 out[MNEMONIC_SEED_SIZE], const char *phrase, const char *passphrase)
{
	char words[UNICODE_FORM_MAX], salt[8 + UNICODE_FORM_MAX] = "mnemonic";
	enum err e = unicode_nfkd(words, phrase);

	if (!e)
		e = unicode_nfkd(salt + 8, passphrase);
	if (!e)
		pbkdf2_hmac_sha512(strlen(words), (const u8 *)words, SEED_ROUNDS, strlen(salt), (const u8 *)salt,
				   MNEMONIC_SEED_SIZE, out);
	sodium_memzero(words, sizeof words);
	sodium_memzero(salt, sizeof salt);
	return e;
}

enum err mnemonic_seed(u8 out[MNEMONIC_SEED_SIZE], const char *phrase, const char *passphrase,
		       char why[MNEMONIC_WHY_MAX])
{
	char canonical[MNEMONIC_TEXT_MAX];
	u8 entropy[MNEMONIC_ENTROPY_MAX];
	size_t size;
	enum err e;

	TRY(mnemonic_to_entropy(entropy, &size, phrase, why));
	e = mnemonic_from_entropy(canonical, (struct bytes){ entropy, size });
	sodium_memzero(entropy, sizeof entropy);
	if (!e) {
		e = mnemonic_stretch(out, canonical, passphrase);
		if (e)
			snprintf(why, MNEMONIC_WHY_MAX, "the passphrase is %s", e == ERR_SIZE ? "too long" : "not UTF-8");
	}
	sodium_memzero(canonical, sizeof canonical);
	return e;
}
