#ifndef TESTS_BASE_ABI_FIXTURE_H
#define TESTS_BASE_ABI_FIXTURE_H

/* Short ways to write and read ABI data. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/abi.h"
#include "tests/support/abi_words.h"

#define WORD 32

static u8 buffer[8192];

static inline struct bytes text(const char *s)
{
	return (struct bytes){ (const u8 *)s, strlen(s) };
}

static inline struct abi_view decoded(const char *signature, struct bytes in, enum abi_mode mode)
{
	struct abi_view v;

	assert_int_equal(abi_decode(&v, abi_types_of(signature), in, mode), OK);
	return v;
}

static inline enum err decode_error(const char *signature, struct bytes in, enum abi_mode mode)
{
	struct abi_view v;

	return abi_decode(&v, abi_types_of(signature), in, mode);
}

static inline struct abi_writer writer(const char *signature, size_t capacity)
{
	struct abi_writer w;

	assert_true(capacity <= sizeof buffer);
	memset(buffer, 0xee, sizeof buffer);
	abi_writer_init(&w, abi_types_of(signature), buffer, capacity);
	return w;
}

static inline void assert_written(struct abi_writer *w, struct bytes want)
{
	struct bytes out;

	assert_int_equal(abi_writer_end(w, &out), OK);
	assert_int_equal(out.size, want.size);
	assert_memory_equal(out.at, want.at, want.size);
}

static inline void assert_bytes(const struct abi_view *v, u32 index, const char *want)
{
	assert_true(bytes_equal(abi_bytes(v, index), text(want)));
}

static inline u64 number(const struct abi_view *v, u32 index)
{
	struct u256 x = abi_u256(v, index);

	assert_true(x.limb[1] == 0 && x.limb[2] == 0 && x.limb[3] == 0);
	return x.limb[0];
}

#endif
