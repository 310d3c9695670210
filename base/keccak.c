#include "base/keccak.h"

/* FIPS 202, 3.2.5. */
const u64 KECCAK_CONSTANTS[KECCAK_ROUNDS] = {
	0x0000000000000001,
	0x0000000000008082,
	0x800000000000808a,
	0x8000000080008000,
	0x000000000000808b,
	0x0000000080000001,
	0x8000000080008081,
	0x8000000000008009,
	0x000000000000008a,
	0x0000000000000088,
	0x0000000080008009,
	0x000000008000000a,
	0x000000008000808b,
	0x800000000000008b,
	0x8000000000008089,
	0x8000000000008003,
	0x8000000000008002,
	0x8000000000000080,
	0x000000000000800a,
	0x800000008000000a,
	0x8000000080008081,
	0x8000000000008080,
	0x0000000080000001,
	0x8000000080008008,
};

#ifdef __x86_64__
/* And-not, and rotations that leave their operand alone, save a third of the time. */
__attribute__((target("bmi,bmi2"))) static void permute_bmi(u64 state[KECCAK_LANES])
{
	KECCAK_PERMUTE(u64, state);
}
#endif

void keccak_permute(u64 state[KECCAK_LANES])
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) {
		permute_bmi(state);
		return;
	}
#endif
	KECCAK_PERMUTE(u64, state);
}
