#include "cmd/plimsoll-demo/programs.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"

#define FEEDER_NOISE_BPS   5u  /* venues differ */
#define FEEDER_POLL_MS     20u /* a tenth of a block */
#define FEEDER_PRINT_EVERY 20u
#define BOT_INTERVAL_MS    20u

/* -- ports ---------------------------------------------------------------------------------- */

/* Whether a port of 127.0.0.1 can be listened on; 0 in *port: any, which it then names. */
static bool port_is_free(u16 *port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	bool is_free = false;

	if (fd < 0)
		return false;
	/* As the node does, so that connections of an earlier run that linger are no obstacle. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &size) == 0) {
		*port = ntohs(at.sin_port);
		is_free = true;
	}
	(void)close(fd);
	return is_free;
}

enum err programs_port(u16 *out, u16 wanted)
{
	u16 port = wanted ? wanted : PORT_USUAL;

	if (!port_is_free(&port)) {
		port = 0;
		if (wanted || !port_is_free(&port))
			return ERR_IO;
	}
	*out = port;
	return OK;
}

/* -- programs ------------------------------------------------------------------------------------ */

static enum err start(struct programs *p, const char *name, const struct command *command,
		      char why[PROGRAMS_WHY_MAX])
{
	enum err e = children_start(p->children, name, command);

	if (e != OK)
		(void)snprintf(why, PROGRAMS_WHY_MAX,
			       "%s cannot be started from %.300s; is it built? Try: make",
			       command->program, p->children->programs);
	return e;
}

enum err programs_node(struct programs *p, char why[PROGRAMS_WHY_MAX])
{
	const char *folder = p->children->folder;
	char genesis[PATH_MAX + 32];
	struct command c;

	(void)snprintf(genesis, sizeof genesis, "%s/genesis.json", folder);
	TRY(world_write(p->world, genesis, p->replay, p->pace, p->people));
	command_init(&c, "plimsolld");
	command_add(&c, "init");
	command_add(&c, "--data");
	command_add(&c, "%s/node", folder);
	command_add(&c, "--genesis");
	command_add(&c, "%s", genesis);
	if (children_run(p->children, "init", &c) != OK) {
		(void)snprintf(why, PROGRAMS_WHY_MAX, "plimsolld init failed, or is not in %.300s",
			       p->children->programs);
		return ERR_IO;
	}
	command_init(&c, "plimsolld");
	command_add(&c, "start");
	command_add(&c, "--data");
	command_add(&c, "%s/node", folder);
	command_add(&c, "--rpc-port");
	command_add(&c, "%u", p->port);
	command_add(&c, "--block-time");
	command_add(&c, "%llums", (unsigned long long)p->pace->block_ms);
	command_add(&c, "--clock-speed");
	command_add(&c, "%.3f", p->pace->speed);
	command_add(&c, "--clock-until");
	command_add(&c, "%llu", (unsigned long long)p->replay->ends);
	return start(p, "node", &c, why);
}

/* A key file, for its owner's eyes: 64 hexadecimal digits. */
static enum err write_key(char path[PATH_MAX + 64], const char *folder, const char *name,
			  const struct signer *s)
{
	char digits[3 + 64];
	FILE *f;
	bool ok;

	(void)snprintf(path, PATH_MAX + 64, "%s/%s.key", folder, name);
	(void)hex_from_bytes(digits, (struct bytes){ s->key, sizeof s->key });
	f = fopen(path, "w");
	if (!f)
		return ERR_IO;
	ok = chmod(path, 0600) == 0 && fprintf(f, "%s\n", digits) > 0;
	if (fclose(f) != 0)
		ok = false;
	return ok ? OK : ERR_IO;
}

/* -- feeders ------------------------------------------------------------------------------------- */

/* Two candles that do not move, for the coins that stand at one dollar. */
static enum err write_flat(const char *path, u64 time)
{
	FILE *f = fopen(path, "w");
	bool ok;

	if (!f)
		return ERR_IO;
	ok = fprintf(f, "timestamp,open,high,low,close,volume\n%llu,1,1,1,1,0\n%llu,1,1,1,1,0\n",
		     (unsigned long long)time, (unsigned long long)time + 60) > 0;
	if (fclose(f) != 0)
		ok = false;
	return ok ? OK : ERR_IO;
}

static enum err start_feeder(struct programs *p, u32 i, const char *flat,
			     char why[PROGRAMS_WHY_MAX])
{
	char key[PATH_MAX + 64], name[CHILD_NAME_MAX];
	struct command c;

	(void)snprintf(name, sizeof name, "feeder-%u", i);
	TRY(write_key(key, p->children->folder, name, &p->world->reporters[i]));
	command_init(&c, "plimsoll-feeder");
	command_add(&c, "--rpc");
	command_add(&c, "%s", p->url);
	command_add(&c, "--reporter");
	command_add(&c, "%u", i);
	command_add(&c, "--key");
	command_add(&c, "%s", key);
	command_add(&c, "--start-at");
	command_add(&c, "%llu", (unsigned long long)p->replay->earliest);
	command_add(&c, "--noise-bps");
	command_add(&c, "%u", FEEDER_NOISE_BPS);
	command_add(&c, "--poll-ms");
	command_add(&c, "%u", FEEDER_POLL_MS);
	command_add(&c, "--print-every");
	command_add(&c, "%u", FEEDER_PRINT_EVERY);
	for (u32 feed = 0; feed < ASSET_COUNT; feed++) {
		const struct replay_price *price = &p->replay->prices[feed];

		command_add(&c, "--candles");
		command_add(&c, "%u=%s:%.12f", feed, price->file[0] ? price->file : flat,
			    price->scale);
	}
	return start(p, name, &c, why);
}

enum err programs_feeders(struct programs *p, char why[PROGRAMS_WHY_MAX])
{
	char flat[PATH_MAX + 32];

	(void)snprintf(flat, sizeof flat, "%s/flat.csv", p->children->folder);
	TRY(write_flat(flat, p->replay->earliest));
	for (u32 i = 0; i < WORLD_REPORTERS; i++)
		TRY(start_feeder(p, i, flat, why));
	return OK;
}

enum err programs_bot(struct programs *p, char why[PROGRAMS_WHY_MAX])
{
	char digits[3 + 64];
	struct command c;

	(void)hex_from_bytes(digits, (struct bytes){ p->world->bot.key, sizeof p->world->bot.key });
	command_init(&c, "plimsoll-bot");
	command_secret(&c, "PLIMSOLL_KEY=%s", digits);
	command_add(&c, "--rpc");
	command_add(&c, "%s", p->url);
	command_add(&c, "--interval");
	command_add(&c, "%u", BOT_INTERVAL_MS);
	return start(p, "bot", &c, why);
}
