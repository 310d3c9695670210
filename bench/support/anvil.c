#include "bench/support/anvil.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/support/http.h"
#include "bench/support/measure.h"

#define PROGRAM    "bench/anvil/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
#define CONTRACT   "0x00000000000000000000000000000000000c0de0"
#define WORDS      6u
#define START_MS   20000u
#define BODY_SIZE  512u
#define FIRST_WORD 0x1234567890abcdefull

struct anvil {
	pid_t process;
	u16 port;
};

static bool is_listening(u16 port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int s = socket(AF_INET, SOCK_STREAM, 0);
	bool connects;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connects = connect(s, (struct sockaddr *)&to, sizeof to) == 0;
	close(s);
	return connects;
}

/* anvil does not tell which port it took when it may choose. */
static u16 free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof at) != 0 || getsockname(s, (struct sockaddr *)&at, &size) != 0)
		give_up("no port is free");
	close(s);
	return ntohs(at.sin_port);
}

static void launch(struct anvil *a)
{
	char port[8];

	snprintf(port, sizeof port, "%u", a->port);
	a->process = fork();
	if (a->process < 0)
		give_up("no process for anvil");
	if (a->process == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(PROGRAM, "anvil", "--quiet", "--host", "127.0.0.1", "--port", port, (char *)NULL);
		_exit(127);
	}
	for (u32 waited = 0; !is_listening(a->port); waited += 10) {
		if (waited > START_MS || waitpid(a->process, NULL, WNOHANG) != 0)
			give_up("anvil does not start");
		usleep(10000);
	}
}

static void ask(struct http *http, const char *body)
{
	struct bytes request = http_post((struct bytes){ (const u8 *)body, strlen(body) });

	http_exchange(http, request);
	free((void *)(uintptr_t)request.at);
	if (!strstr(http->reply, "\"result\":"))
		give_up("anvil: %s: %s", body, http->reply);
}

/* For each word: PUSH1 i, SLOAD, PUSH1 32 i, MSTORE.  Then PUSH1 192, PUSH1 0, RETURN. */
static void install(const struct anvil *a)
{
	char body[BODY_SIZE], code[16 * WORDS + 16] = "", word[17];
	size_t size = 0;
	struct http http;

	http_open(&http, a->port);
	for (u32 i = 0; i < WORDS; i++) {
		size += (size_t)sprintf(code + size, "60%02x5460%02x52", i, 32 * i);
		snprintf(body, sizeof body,
			 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"anvil_setStorageAt\",\"params\":[\"" CONTRACT
			 "\",\"0x%x\",\"0x%064llx\"]}",
			 i, FIRST_WORD + i);
		ask(&http, body);
	}
	snprintf(body, sizeof body,
		 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"anvil_setCode\",\"params\":[\"" CONTRACT "\",\"0x%s60%02x6000f3\"]}",
		 code, 32 * WORDS);
	ask(&http, body);
	ask(&http, anvil_call());
	for (u32 i = 0; i < WORDS; i++) {
		snprintf(word, sizeof word, "%016llx", FIRST_WORD + i);
		if (!strstr(http.reply, word))
			give_up("anvil's contract does not answer: %s", http.reply);
	}
	http_close(&http);
}

struct anvil *anvil_start(void)
{
	struct anvil *a;

	if (access(PROGRAM, X_OK) != 0) {
		fprintf(stderr, "anvil is not installed (tools/deps.sh bench, with npm): no comparison with it\n");
		return NULL;
	}
	a = calloc(1, sizeof *a);
	if (!a)
		give_up("out of memory");
	a->port = free_port();
	launch(a);
	install(a);
	return a;
}

void anvil_stop(struct anvil *a)
{
	if (!a)
		return;
	(void)kill(a->process, SIGTERM);
	(void)waitpid(a->process, NULL, 0);
	free(a);
}

u16 anvil_port(const struct anvil *a)
{
	return a->port;
}

const char *anvil_call(void)
{
	return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{\"to\":\"" CONTRACT
	       "\",\"data\":\"0xbf92857c\"},\"latest\"]}";
}
