#include "cmd/plimsoll-demo/spawn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_NOT_STARTED 127
#define POLL_MS          10

void command_init(struct command *c, const char *program)
{
	c->program = program;
	c->used = 0;
	c->count = 0;
	c->secret = NULL;
	command_add(c, "%s", program);
}

/* Copies a word behind the others and returns it. */
static char *command_copy(struct command *c, const char *format, va_list arguments)
{
	size_t room = sizeof c->text - c->used;
	char *word = c->text + c->used;
	int size = vsnprintf(word, room, format, arguments);

	assert(size >= 0 && (size_t)size < room);
	c->used += (size_t)size + 1;
	return word;
}

void command_add(struct command *c, const char *format, ...)
{
	va_list arguments;

	assert(c->count < CHILD_WORDS_MAX);
	va_start(arguments, format);
	c->words[c->count++] = command_copy(c, format, arguments);
	va_end(arguments);
	c->words[c->count] = NULL;
}

void command_secret(struct command *c, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	c->secret = command_copy(c, format, arguments);
	va_end(arguments);
}

/* In the child: never returns. */
static void become(const char *path, const char *log, pid_t parent, const struct command *c)
{
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	int in = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it has died meanwhile */
		_exit(EXIT_NOT_STARTED);
	if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(EXIT_NOT_STARTED);
	if (c->secret && putenv(c->secret) != 0)
		_exit(EXIT_NOT_STARTED);
	execv(path, c->words);
	(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
	_exit(EXIT_NOT_STARTED);
}

enum err children_start(struct children *c, const char *name, const struct command *command)
{
	char path[PATH_MAX + 64], log[PATH_MAX + 64];
	pid_t parent = getpid();
	struct child *child;
	pid_t pid;

	if (c->count == CHILDREN_MAX)
		return ERR_FULL;
	(void)snprintf(path, sizeof path, "%s/%s", c->programs, command->program);
	(void)snprintf(log, sizeof log, "%s/%s.log", c->folder, name);
	if (access(path, X_OK) != 0)
		return ERR_IO;
	pid = fork();
	if (pid < 0)
		return ERR_IO;
	if (pid == 0)
		become(path, log, parent, command);
	child = &c->at[c->count++];
	*child = (struct child){ .pid = pid };
	(void)snprintf(child->name, sizeof child->name, "%s", name);
	return OK;
}

static void child_reap(struct child *child, int options)
{
	int status;

	if (child->pid != 0 && waitpid(child->pid, &status, options) == child->pid) {
		child->pid = 0;
		child->status = status;
	}
}

enum err children_run(struct children *c, const char *name, const struct command *command)
{
	struct child *child;

	TRY(children_start(c, name, command));
	child = &c->at[--c->count]; /* it is not watched */
	while (child->pid != 0)
		child_reap(child, 0);
	return WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0 ? OK : ERR_IO;
}

const struct child *children_dead(struct children *c)
{
	for (u32 i = 0; i < c->count; i++) {
		child_reap(&c->at[i], WNOHANG);
		if (c->at[i].pid == 0)
			return &c->at[i];
	}
	return NULL;
}

static void child_stop(struct child *child)
{
	struct timespec pause = { 0, POLL_MS * 1000000 };

	if (child->pid == 0)
		return;
	(void)kill(child->pid, SIGTERM);
	for (int waited = 0; child->pid != 0; waited += POLL_MS) {
		if (waited >= CHILD_END_MS_MAX)
			(void)kill(child->pid, SIGKILL);
		child_reap(child, WNOHANG);
		if (child->pid != 0)
			(void)nanosleep(&pause, NULL);
	}
}

void children_stop(struct children *c, const char *prefix)
{
	for (u32 i = c->count; i-- > 0;) {
		if (strncmp(c->at[i].name, prefix, strlen(prefix)) == 0)
			child_stop(&c->at[i]);
	}
}

const struct child *children_failed(const struct children *c)
{
	for (u32 i = 0; i < c->count; i++) {
		assert(c->at[i].pid == 0);
		if (!WIFEXITED(c->at[i].status) || WEXITSTATUS(c->at[i].status) != 0)
			return &c->at[i];
	}
	return NULL;
}

void child_describe(char out[64], const struct child *child)
{
	if (WIFSIGNALED(child->status))
		(void)snprintf(out, 64, "%s was killed by signal %d", child->name,
			       WTERMSIG(child->status));
	else
		(void)snprintf(out, 64, "%s exited with status %d", child->name,
			       WEXITSTATUS(child->status));
}
