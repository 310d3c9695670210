#ifndef DEMO_SPAWN_H
#define DEMO_SPAWN_H

/* The programs that the demo runs: each in a process group of its own, so that Ctrl-C
 * reaches the demo alone and it can end them in order; each dies with the demo, however
 * that ends.  What they print goes to <folder>/<name>.log. */

#include <limits.h>
#include <sys/types.h>

#include "base/err.h"

#define CHILDREN_MAX     16
#define CHILD_NAME_MAX   24
#define CHILD_WORDS_MAX  48
#define CHILD_TEXT_MAX   (12 * PATH_MAX) /* bytes of a command line */
#define CHILD_END_MS_MAX 10000           /* from SIGTERM to SIGKILL */

struct child {
	char name[CHILD_NAME_MAX];
	pid_t pid;  /* 0: has ended */
	int status; /* as waitpid gives it, once it has ended */
};

struct children {
	char folder[PATH_MAX];   /* for logs */
	char programs[PATH_MAX]; /* where the binaries are */
	struct child at[CHILDREN_MAX];
	u32 count;
};

/* A command line under construction; words are copied. */
struct command {
	const char *program; /* name within children.programs */
	char text[CHILD_TEXT_MAX];
	char *words[CHILD_WORDS_MAX + 1];
	size_t used;
	u32 count;
	char *secret; /* "NAME=value" for the environment; NULL: none */
};
void command_init(struct command *c, const char *program);
/* One word, formatted.  Requires room. */
void command_add(struct command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A word for the environment, where other users do not see it. */
void command_secret(struct command *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* children_start runs a command as a child of that name.  ERR_IO: it could not be started;
 * ERR_FULL: too many. */
MUST_CHECK enum err children_start(struct children *c, const char *name,
				   const struct command *command);
/* Runs a command to its end.  ERR_IO: it could not be started, or did not exit with 0. */
MUST_CHECK enum err children_run(struct children *c, const char *name,
				 const struct command *command);
/* A child that has ended by itself; NULL if all are alive. */
const struct child *children_dead(struct children *c);
/* Ends those whose name starts with prefix, the last started first, and waits for them. */
void children_stop(struct children *c, const char *prefix);
/* The first child that did not exit with 0; NULL if all did.  Requires that all have ended. */
const struct child *children_failed(const struct children *c);
/* How a child ended, in words. */
void child_describe(char out[64], const struct child *child);

#endif
