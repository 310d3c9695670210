#ifndef BASE_TYPES_H
#define BASE_TYPES_H

/* The words every other header is written in: fixed-width integers, borrowed
 * byte ranges, Ethereum addresses and 32-byte hashes. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef NDEBUG
#error "asserts are part of the program: build without NDEBUG"
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
__extension__ typedef unsigned __int128 u128;

#define MUST_CHECK __attribute__((warn_unused_result))

/* A borrowed, read-only range of bytes: never owned, never NUL-terminated. */
struct bytes {
	const u8 *at;
	size_t size;
};

struct address {
	u8 bytes[20];
};

struct hash {
	u8 bytes[32];
};

#define ARRAY_COUNT(array) (sizeof(array) / sizeof *(array))

int address_cmp(const struct address *a, const struct address *b); /* <0, 0, >0 */
bool address_is_zero(const struct address *a);
int hash_cmp(const struct hash *a, const struct hash *b); /* <0, 0, >0 */
bool bytes_equal(struct bytes a, struct bytes b);

/* Big-endian loads and stores of fixed width.  One instruction each once a compiler has seen
 * through them, so they stand here. */
static inline u16 load_be16(const u8 *at)
{
	return (u16)(at[0] << 8 | at[1]);
}

static inline u32 load_be32(const u8 *at)
{
	return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

static inline u64 load_be64(const u8 *at)
{
	return (u64)at[0] << 56 | (u64)at[1] << 48 | (u64)at[2] << 40 | (u64)at[3] << 32 |
	       (u64)at[4] << 24 | (u64)at[5] << 16 | (u64)at[6] << 8 | at[7];
}

static inline void store_be16(u8 *at, u16 x)
{
	at[0] = (u8)(x >> 8);
	at[1] = (u8)x;
}

static inline void store_be32(u8 *at, u32 x)
{
	at[0] = (u8)(x >> 24);
	at[1] = (u8)(x >> 16);
	at[2] = (u8)(x >> 8);
	at[3] = (u8)x;
}

static inline void store_be64(u8 *at, u64 x)
{
	store_be32(at, (u32)(x >> 32));
	store_be32(at + 4, (u32)x);
}

/* Little-endian, for Keccak's lanes. */
static inline u64 load_le64(const u8 *at)
{
	return __builtin_bswap64(load_be64(at));
}

static inline void store_le64(u8 *at, u64 x)
{
	store_be64(at, __builtin_bswap64(x));
}

#endif
