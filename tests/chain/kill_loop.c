/* Kills a node that is busy writing, again and again, and looks at what is left.
 *
 *     kill_loop [KILLS]        default 100; prints "N passed, M failed"
 *
 * A child process runs the node with fsync on, submits signed transfers without pause, and
 * reports every committed block through a pipe.  At a random moment it gets SIGKILL.  The
 * parent then opens the folder itself and checks that
 *
 *   - every block that was reported is there, with the same hash;
 *   - heights are contiguous and each header names its parent's hash;
 *   - no transaction is in two blocks: the sender's nonces count up one by one, and its
 *     account's nonce is their number;
 *   - the recipient owns exactly what the transfers in blocks add up to. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "node/genesis.h"
#include "node/log.h"
#include "node/node.h"

#define SENDER_KEY  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
#define RUN_MS_MAX  300 /* longest life of a child after its first block */
#define BACKLOG_MAX 512 /* transfers submitted ahead of the head */

static const struct address recipient = { { 0xfe, 0xed } };

/* What the child says of a committed block. */
struct ack {
	u64 height;
	struct hash hash;
};

static struct ack *acks; /* of all lives */
static u64 ack_count;

static void die(const char *what)
{
	(void)fprintf(stderr, "kill_loop: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct node *open_node(const char *path)
{
	struct node_config config = {
		.data_dir = path,
		.block_time_ms = 5,
		.clock_speed = 1,
		.cache_bytes = 8u << 20,
	};
	char why[STORE_WHY_MAX] = "";
	struct node *n;

	if (node_open(&n, &config, why) == OK)
		return n;
	(void)fprintf(stderr, "kill_loop: %s\n", why);
	return NULL;
}

/* -- the child ------------------------------------------------------------------------------- */

static void submit(struct node *n, u64 nonce)
{
	const struct genesis *g = node_genesis(n);
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = g->chain_id,
		.nonce = nonce,
		.gas_limit = 21000,
		.max_fee = g->base_fee,
		.to = recipient,
		.value = u256_from_u64(nonce + 1),
	};
	u8 key[32], out[512];
	struct refusal why;
	struct hash hash;
	struct bytes raw;

	if (hex_to_fixed(key, sizeof key, SENDER_KEY, strlen(SENDER_KEY)) != OK ||
	    tx_sign(&raw, &tx, key, out, sizeof out) != OK ||
	    node_submit(n, &hash, &why, raw, NULL) != OK)
		_exit(3);
}

/* Reports every block up to the head. */
static void report(struct node *n, u64 *reported, int out)
{
	struct store_head head;

	node_head(n, &head);
	while (*reported < head.header.number) {
		struct ack ack = { .height = *reported + 1 };
		struct header header;

		if (store_header(node_store(n), &header, &ack.hash, ack.height) != OK)
			_exit(4);
		if (write(out, &ack, sizeof ack) != (ssize_t)sizeof ack)
			_exit(5);
		*reported = ack.height;
	}
}

static _Noreturn void child(const char *path, int out)
{
	struct node *n = open_node(path);
	struct store_head head;
	u64 nonce, reported;

	if (!n || node_start(n) != OK)
		_exit(2);
	node_head(n, &head);
	reported = head.header.number;
	nonce = node_pending_nonce(n, &dev_accounts[0]);
	for (;;) {
		if (node_has_failed(n))
			_exit(6);
		if (node_pool_counts(n).pending < BACKLOG_MAX)
			submit(n, nonce++);
		else
			(void)node_wait_height(n, reported + 1, 10);
		report(n, &reported, out);
	}
}

/* -- the parent --------------------------------------------------------------------------------- */

static void remember(const struct ack *ack)
{
	struct ack *grown = realloc(acks, (ack_count + 1) * sizeof *grown);

	if (!grown)
		die("realloc");
	acks = grown;
	acks[ack_count++] = *ack;
}

/* Takes reports until the pipe is at its end: also those written just before the kill. */
static void drain(int in)
{
	struct ack ack;
	ssize_t got;

	while ((got = read(in, &ack, sizeof ack)) == (ssize_t)sizeof ack)
		remember(&ack);
	if (got < 0)
		die("read");
}

static void sleep_ms(u64 ms)
{
	struct timespec time = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&time, NULL);
}

/* A fresh program: the parent has used RocksDB, whose threads do not survive a fork while the
 * belief in them does. */
static _Noreturn void become_child(const char *path, const int ends[2])
{
	(void)close(ends[0]);
	if (dup2(ends[1], STDOUT_FILENO) < 0 || (ends[1] != STDOUT_FILENO && close(ends[1]) != 0))
		_exit(7);
	(void)execl("/proc/self/exe", "kill_loop", "--child", path, (char *)NULL);
	_exit(8);
}

/* One life: started, left alone for a random while after its first block, killed. */
static bool run_and_kill(const char *path)
{
	int ends[2], status;
	struct ack first;
	pid_t pid;

	if (pipe(ends) != 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		become_child(path, ends);
	(void)close(ends[1]);
	if (read(ends[0], &first, sizeof first) == (ssize_t)sizeof first) {
		remember(&first);
		sleep_ms((u64)(rand() % RUN_MS_MAX));
	}
	(void)kill(pid, SIGKILL);
	drain(ends[0]);
	(void)close(ends[0]);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	(void)fprintf(stderr, "kill_loop: the node ended by itself, status %d\n", status);
	return false;
}

static bool complain(const char *what, u64 height)
{
	(void)fprintf(stderr, "kill_loop: height %llu: %s\n", (unsigned long long)height, what);
	return false;
}

/* What blocks that were looked at add up to; they never change again. */
struct progress {
	u64 height, nonce, sum;
	struct hash hash;
};

/* Whether the transactions of a block continue the sender's nonces. */
static bool check_transfers(struct node *n, u64 height, struct progress *p)
{
	struct stored_block *b;
	bool is_fine = true;

	if (store_block_load(node_store(n), &b, height) != OK)
		return complain("the block is missing", height);
	for (u32 i = 0; i < b->count && is_fine; i++) {
		is_fine = b->txs[i].tx.nonce == p->nonce && b->txs[i].receipt.succeeded;
		p->nonce++;
		p->sum += u256_low64(&b->txs[i].tx.value);
	}
	store_block_free(b);
	return is_fine || complain("a transaction is missing, twice or failed", height);
}

static bool check_chain(struct node *n, struct progress *p)
{
	struct store_head head;

	node_head(n, &head);
	for (u64 height = p->height + 1; height <= head.header.number; height++) {
		struct header header;
		struct hash hash;

		if (store_header(node_store(n), &header, &hash, height) != OK)
			return complain("the header is missing", height);
		if (hash_cmp(&header.parent, &p->hash) != 0)
			return complain("the parent is another block", height);
		if (!check_transfers(n, height, p))
			return false;
		p->height = height;
		p->hash = hash;
	}
	return true;
}

static bool check_acks(struct node *n, u64 from)
{
	for (u64 i = from; i < ack_count; i++) {
		struct header header;
		struct hash hash;

		if (store_header(node_store(n), &header, &hash, acks[i].height) != OK)
			return complain("a block that was reported is gone", acks[i].height);
		if (hash_cmp(&hash, &acks[i].hash) != 0)
			return complain("a block that was reported has another hash", acks[i].height);
	}
	return true;
}

static bool check_accounts(struct node *n, const struct progress *p)
{
	struct account sender, receiver;
	struct reader r;
	bool is_open;

	reader_init(&r);
	is_open = reader_begin(&r, n, p->height, false) == OK;
	if (is_open) {
		(void)account_read(&r.state, &(struct account_key){ dev_accounts[0] }, &sender);
		(void)account_read(&r.state, &(struct account_key){ recipient }, &receiver);
	}
	reader_free(&r);
	if (!is_open)
		return complain("the state cannot be read", p->height);
	if (sender.nonce != p->nonce)
		return complain("the sender's nonce is not the number of its transactions", p->height);
	if (u256_low64(&receiver.balance) != p->sum)
		return complain("the recipient owns another sum", p->height);
	return true;
}

/* Opens what is left and looks at all of it. */
static bool check(const char *path, struct progress *p, u64 acks_from)
{
	struct node *n = open_node(path);
	bool is_fine;

	if (!n)
		return false;
	is_fine = check_acks(n, acks_from) && check_chain(n, p) && check_accounts(n, p);
	node_close(n);
	return is_fine;
}

static void begin(const char *path, struct progress *p)
{
	char why[STORE_WHY_MAX] = "";
	struct store_head head;
	struct node *n;

	if (node_init(path, NULL, why) != OK) {
		(void)fprintf(stderr, "kill_loop: %s\n", why);
		exit(1);
	}
	n = open_node(path);
	if (!n)
		exit(1);
	node_head(n, &head);
	*p = (struct progress){ .hash = head.hash };
	node_close(n);
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/plimsoll-kill-XXXXXX", command[64];
	int kills = argc > 1 ? atoi(argv[1]) : 100, passed = 0, failed = 0;
	unsigned seed = (unsigned)time(NULL);
	struct progress p;

	log_level_set(LOG_WARN);
	if (argc == 3 && strcmp(argv[1], "--child") == 0)
		child(argv[2], STDOUT_FILENO);
	if (kills < 1) {
		(void)fprintf(stderr, "usage: kill_loop [KILLS]\n");
		return 2;
	}
	srand(seed);
	if (!mkdtemp(path))
		die("mkdtemp");
	begin(path, &p);
	for (int i = 0; i < kills && failed == 0; i++) {
		u64 known = ack_count;
		bool is_fine = run_and_kill(path) && check(path, &p, known);

		passed += is_fine;
		failed += !is_fine;
	}
	(void)printf("seed %u, %llu blocks, %llu transactions, %llu reported\n", seed,
		     (unsigned long long)p.height, (unsigned long long)p.nonce,
		     (unsigned long long)ack_count);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", path);
	if (failed > 0)
		(void)fprintf(stderr, "kill_loop: left for a look: %s\n", path);
	else if (system(command) != 0)
		die("rm");
	(void)printf("%d passed, %d failed\n", passed, failed);
	free(acks);
	return failed > 0;
}
