#ifndef TESTS_SUPPORT_REPLAY_H
#define TESTS_SUPPORT_REPLAY_H

/* Replays a recorded scenario on the contracts, without a node, and compares everything that was
 * recorded after every step: state, results, events, errors.  Not one unit may differ. */

#include "tests/support/scenario.h"

/* One view call that is made after every step; keys name the words of its answer. */
#define READ_WORDS_MAX 15
struct read {
	struct address to;
	u8 input[36];
	size_t input_size;
	u32 word_count;
	int keys[READ_WORDS_MAX]; /* index of the expected value, -1 if not recorded */
};

#define READS_MAX 1024
#define KEYS_MAX  2048

struct expected {
	struct u256 value;
	bool reverts;
};

struct replay {
	struct market market;
	json_t *trace;
	struct read reads[READS_MAX];
	u32 read_count;
	struct expected expected[KEYS_MAX];
	char keys[KEYS_MAX][48];
	u32 key_count;
	json_t *key_index; /* name -> number */
	const char *name;
	u64 steps, compared;
	char difference[2048]; /* the first one; empty if there is none */
};

/* Replays FOLDER/NAME.json against FOLDER/NAME.trace.json.gz, on a market of the folder markets;
 * its first difference, if any, is in r->difference.  Aborts if a file is not there or makes no sense. */
void replay_run(struct replay *r, const char *markets, const char *folder, const char *name);

#define REPLAY_NAME_MAX 64
/* The scenarios of a folder, sorted: NAME of every NAME.trace.json.gz; at most max. */
size_t replay_names(char names[][REPLAY_NAME_MAX], size_t max, const char *folder);

#endif
