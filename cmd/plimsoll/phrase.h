#ifndef PLIMSOLL_PHRASE_H
#define PLIMSOLL_PHRASE_H

/* Recovery phrases on the command line: --mnemonic and what goes with it. */

#include "client/hd.h"
#include "client/mnemonic.h"
#include "cmd/plimsoll/cli.h"

#define PHRASE_OPTIONS \
	{ "--mnemonic", NULL, "new, import: a recovery phrase (BIP-39, English)" }, \
		{ "--words", "12|24", "how many words a new phrase has (12)" }, \
		{ "--path", "PATH", "which key of a phrase (" HD_PATH_DEFAULT ")" }, \
		{ "--index", "N", "the last number of the path (0)" }, \
		{ "--ledger-live", NULL, "count as Ledger Live does: m/44'/60'/N'/0/0" }, \
	{ \
		"--passphrase-file", "FILE", "first line: the passphrase of the phrase" \
	}

struct phrase {
	char words[MNEMONIC_TEXT_MAX]; /* "" unless it is new and must be shown */
	char path[HD_PATH_MAX];        /* "": the key is of no phrase */
};

/* Whether the options fit together; without --mnemonic there must be none of them. */
MUST_CHECK enum err phrase_check(struct cli *c);
/* A new phrase and its key.  The caller wipes both. */
MUST_CHECK enum err phrase_new(struct cli *c, struct phrase *out, u8 key[32]);
/* The key of a phrase that somebody has.  The caller wipes it. */
MUST_CHECK enum err phrase_import(struct cli *c, struct phrase *out, u8 key[32], const char *words);

#endif
