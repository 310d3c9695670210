#include "node/genesis.h"

/* The build runs at the root of the repository; a test compares with the file. */
__asm__(".section .rodata\n"
	".globl devnet_text\n"
	"devnet_text:\n"
	".incbin \"genesis/devnet.json\"\n"
	".globl devnet_text_end\n"
	"devnet_text_end:\n"
	".byte 0\n"
	".previous\n");

extern const u8 devnet_text[], devnet_text_end[];

struct bytes genesis_devnet(void)
{
	return (struct bytes){ devnet_text, (size_t)(devnet_text_end - devnet_text) };
}
