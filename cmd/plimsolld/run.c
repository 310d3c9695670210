#include "cmd/plimsolld/run.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/hex.h"
#include "node/log.h"
#include "rpc/server.h"

#define HOSTS_MAX    32
#define SAVE_SECONDS 60 /* between savings of the pool of transactions */

/* "a,b,c" as a list; cuts text up.  Names beyond HOSTS_MAX are dropped. */
static size_t split_hosts(const char **hosts, char *text)
{
	size_t count = 0;
	char *rest = NULL;

	for (char *host = strtok_r(text, ",", &rest); host && count < HOSTS_MAX;
	     host = strtok_r(NULL, ",", &rest))
		hosts[count++] = host;
	return count;
}

static enum err open_node(struct node **out, const struct settings *c)
{
	char why[STORE_WHY_MAX];
	struct node_config config = {
		.data_dir = c->data,
		.block_time_ms = c->dev && !c->has_block_time ? 0 : c->block_time_ms,
		.clock_speed = c->clock_speed,
		.clock_until = c->clock_until,
		.history = c->history,
		.cache_bytes = (size_t)c->cache_mb << 20,
		.mempool_max = c->mempool,
		.is_dev = c->dev,
	};
	enum err e = node_open(out, &config, why);

	if (e == ERR_NOT_FOUND)
		(void)fprintf(stderr, "plimsolld: %s\nMake one: plimsolld init --data %s\n", why, c->data);
	else if (e == ERR_BUSY)
		(void)fprintf(stderr, "plimsolld: another plimsolld runs in %s\n", c->data);
	else if (e != OK)
		(void)fprintf(stderr, "plimsolld: %s\n", why);
	if (e == OK && !node_genesis(*out)->devnet && (c->clock_speed > 1.0 || c->clock_speed < 1.0)) {
		(void)fprintf(stderr, "plimsolld: --clock-speed is for devnets\n");
		node_close(*out);
		return ERR_RANGE;
	}
	return e;
}

static enum err serve(struct rpc_server **out, struct node *n, const struct settings *c)
{
	static char hosts_text[SETTINGS_TEXT_MAX];
	static const char *hosts[HOSTS_MAX];
	struct rpc_config config = rpc_config_default();
	char why[RPC_WHY_MAX] = "";
	enum err e;

	memcpy(hosts_text, c->rpc_hosts, sizeof hosts_text);
	config.address = c->rpc_addr;
	config.port = (u16)c->rpc_port;
	config.threads = (u32)c->rpc_threads;
	config.connections_max = (u32)(c->rpc_connections ? c->rpc_connections : 1);
	config.connections_per_client_max = (u32)c->rpc_connections_per_ip;
	config.rate = (u32)c->rpc_rate;
	config.burst = (u32)c->rpc_burst;
	config.counts_loopback = c->rpc_rate_loopback;
	config.time_max_ms = (u32)c->rpc_time_ms;
	config.idle_seconds = (u32)(c->rpc_idle_ms < 1000 ? 1 : c->rpc_idle_ms / 1000);
	config.body_max = (size_t)(c->rpc_body_kb ? c->rpc_body_kb : 1) << 10;
	config.response_max = (size_t)(c->rpc_reply_mb ? c->rpc_reply_mb : 1) << 20;
	config.unsent_max = (size_t)c->rpc_unsent_mb << 20;
	config.batch_max = c->rpc_batch ? c->rpc_batch : 1;
	config.cors_origin = c->rpc_cors[0] != '\0' ? c->rpc_cors : NULL;
	config.hosts = hosts;
	config.host_count = split_hosts(hosts, hosts_text);
	e = rpc_server_start(out, n, &config, why);
	if (e != OK)
		(void)fprintf(stderr, "plimsolld: %s\n%s", why[0] != '\0' ? why : err_text(e),
			      e == ERR_BUSY ? "Another program has this port; --rpc-port chooses one, 0 any free one\n" : "");
	return e;
}

static void say_ready(struct node *n, const struct settings *c, const struct rpc_server *server)
{
	struct store_head head;
	struct address relay = node_relay_address(n);
	char text[HEX_ADDRESS_SIZE];

	node_head(n, &head);
	hex_checksum_address(text, &relay);
	log_line(LOG_INFO, "ready chain=%llu height=%llu rpc=http://%s:%u relay=%s",
		 (unsigned long long)node_genesis(n)->chain_id,
		 (unsigned long long)head.header.number, c->rpc_addr, rpc_server_port(server), text);
}

/* Waits for a signal or the node's failure. */
static int wait_for_end(struct node *n, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };
	int signal;

	for (u32 seconds = 1;; seconds++) {
		signal = sigtimedwait(signals, NULL, &second);
		if (seconds % SAVE_SECONDS == 0)
			node_pool_save(n);
		if (node_has_failed(n))
			return EXIT_FAILED;
		if (signal > 0) {
			log_line(LOG_INFO, "stopping signal=%d", signal);
			return 0;
		}
	}
}

/* Every connection is a file, and so is every table of the database. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_line(LOG_WARN, "file limit not raised");
}

static int tell_failure(struct node *n)
{
	const char *why = store_failure(node_store(n));

	(void)fprintf(stderr,
		      "plimsolld: no more blocks can be written: %s\n"
		      "Every block that was announced is on disk. Make room, then start again.\n",
		      why ? why : err_text(ERR_FULL));
	return EXIT_FAILED;
}

int run_start(const struct settings *c)
{
	struct rpc_server *server = NULL;
	struct node *n;
	sigset_t signals;
	int status = EXIT_FAILED;

	/* Blocked before any thread exists, so that all inherit it and only sigtimedwait sees them. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a write that is too long fails like one on a full disk */
	raise_file_limit();
	if (open_node(&n, c) != OK)
		return EXIT_DATA;
	if (node_start(n) == OK && serve(&server, n, c) == OK) {
		say_ready(n, c, server);
		status = wait_for_end(n, &signals);
		rpc_server_stop(server);
	}
	node_stop(n);
	if (node_has_failed(n))
		return tell_failure(n); /* not closed: RocksDB asserts that a file it could not write needs no closing */
	node_close(n);
	return status;
}
