#include "tests/support/abi_words.h"

#include <assert.h>
#include <string.h>

#define WORD 32

static u8 buffer[ABI_WORDS_MAX * WORD];

static unsigned digit_value(char c)
{
	assert((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Text up to the closing quote, into a word of zeros; returns what follows. */
static const char *text_read(u8 word[WORD], const char *at)
{
	for (size_t i = 0; *at != '\''; i++) {
		assert(i < WORD && *at != '\0');
		word[i] = (u8)*at++;
	}
	return at + 1;
}

/* Digits up to a space, into a word of zeros or ones. */
static const char *number_read(u8 word[WORD], const char *at)
{
	size_t count = strcspn(at, " ");

	assert(count <= 2 * WORD);
	for (size_t i = 0; i < count; i++) {
		unsigned value = digit_value(at[count - 1 - i]);
		u8 *byte = &word[WORD - 1 - i / 2];

		*byte = (u8)(i % 2 ? (*byte & 0x0f) | value << 4 : (*byte & 0xf0) | value);
	}
	return at + count;
}

struct bytes abi_words(const char *tokens)
{
	size_t size = 0;

	while (*tokens != '\0') {
		u8 *word = buffer + size;

		assert(size < sizeof buffer);
		memset(word, *tokens == '~' ? 0xff : 0x00, WORD);
		if (*tokens == '\'')
			tokens = text_read(word, tokens + 1);
		else
			tokens = number_read(word, tokens + (*tokens == '~'));
		size += WORD;
		tokens += strspn(tokens, " ");
	}
	return (struct bytes){ buffer, size };
}

const struct abi_types *abi_types_of(const char *signature)
{
	static struct abi_types types;
	enum err failure = abi_parse(&types, signature);

	assert(failure == OK);
	return &types;
}
