#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "node/file.h"
#include "node/genesis.h"
#include "node/node_parts.h"

static enum err write_folder(const char *folder, const char *name, const struct genesis *g, struct bytes text)
{
	struct bytes devnet_relay = { (const u8 *)"relay", 5 };
	struct hash key;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return ERR_IO;
	if (file_exists(folder, NODE_GENESIS_FILE) || file_exists(folder, NODE_MARKET_FILE) ||
	    file_exists(folder, NODE_STORE_FOLDER))
		return ERR_EXISTS;
	/* A devnet's key is public, so that its genesis can fund it. */
	if (g->devnet)
		keccak256(&key, devnet_relay);
	else
		randombytes_buf(key.bytes, sizeof key.bytes);
	TRY(file_write(folder, NODE_RELAY_FILE, (struct bytes){ key.bytes, sizeof key.bytes }));
	sodium_memzero(&key, sizeof key);
	/* Last: a folder with a genesis file is a complete one. */
	return file_write(folder, name, text);
}

/* Writes the folder of a chain that has been read; takes g. */
static enum err begin_chain(const char *folder, const char *name, struct genesis *g, struct bytes text,
			    char why[STORE_WHY_MAX])
{
	enum err e;

	errno = 0;
	e = write_folder(folder, name, g, text);
	if (e != OK)
		(void)snprintf(why, STORE_WHY_MAX, "%.300s: %s", folder,
			       e == ERR_IO && errno != 0 ? strerror(errno) : err_text(e));
	genesis_free(g);
	return e;
}

static enum err init_from(const char *folder, struct bytes text, char why[STORE_WHY_MAX])
{
	struct genesis g;
	char *settled;
	enum err e;

	TRY(genesis_settle(&settled, text, clock_wall_ms() / 1000, why));
	text = (struct bytes){ (const u8 *)settled, strlen(settled) };
	e = genesis_parse(&g, text, why);
	if (e == OK)
		e = begin_chain(folder, NODE_GENESIS_FILE, &g, text, why);
	free(settled);
	return e;
}

static enum err init_from_market(const char *folder, struct bytes text, char why[STORE_WHY_MAX])
{
	struct genesis g;

	TRY(genesis_from_market(&g, text, MARKET_CHAIN_ID, why));
	return begin_chain(folder, NODE_MARKET_FILE, &g, text, why);
}

/* Begins a chain with a file's text. */
static enum err init_from_file(const char *data_dir, const char *path,
			       enum err (*init)(const char *folder, struct bytes text, char why[STORE_WHY_MAX]),
			       char why[STORE_WHY_MAX])
{
	char inner[STORE_WHY_MAX] = "";
	u8 *text = NULL;
	size_t size;
	enum err e;

	if (sodium_init() < 0)
		return ERR_IO;
	e = file_read(&text, &size, path, GENESIS_SIZE_MAX);
	if (e == OK)
		e = init(data_dir, (struct bytes){ text, size }, inner);
	free(text);
	if ((e == ERR_EXISTS || e == ERR_IO) && inner[0] != '\0')
		(void)snprintf(why, STORE_WHY_MAX, "%s", inner); /* about the folder */
	else if (e != OK)
		(void)snprintf(why, STORE_WHY_MAX, "%.200s: %.300s", path,
			       inner[0] != '\0' ? inner : err_text(e));
	return e;
}

enum err node_init(const char *data_dir, const char *genesis_path, char why[STORE_WHY_MAX])
{
	if (genesis_path)
		return init_from_file(data_dir, genesis_path, init_from, why);
	return sodium_init() < 0 ? ERR_IO : init_from(data_dir, genesis_devnet(), why);
}

enum err node_init_market(const char *data_dir, const char *market_path, char why[STORE_WHY_MAX])
{
	return init_from_file(data_dir, market_path, init_from_market, why);
}

static enum err market_load(struct genesis *out, const char *path, char why[STORE_WHY_MAX])
{
	char inner[STORE_WHY_MAX] = "";
	size_t size;
	u8 *text;
	enum err e = file_read(&text, &size, path, GENESIS_SIZE_MAX);

	if (e == OK) {
		e = genesis_from_market(out, (struct bytes){ text, size }, MARKET_CHAIN_ID, inner);
		free(text);
	}
	if (e != OK)
		(void)snprintf(why, STORE_WHY_MAX, "%.200s: %.300s", path, inner[0] != '\0' ? inner : err_text(e));
	return e;
}

enum err node_genesis_load(struct genesis *out, const char *data_dir, char why[STORE_WHY_MAX])
{
	bool is_market = file_exists(data_dir, NODE_MARKET_FILE);
	char path[PATH_SIZE];

	TRY(path_join(path, data_dir, is_market ? NODE_MARKET_FILE : NODE_GENESIS_FILE));
	return is_market ? market_load(out, path, why) : genesis_load(out, path, why);
}

enum err relay_key_load(u8 out[32], const char *data_dir)
{
	char path[PATH_SIZE];
	u8 *key;
	size_t size;

	TRY(path_join(path, data_dir, NODE_RELAY_FILE));
	TRY(file_read(&key, &size, path, 64));
	if (size == 32)
		memcpy(out, key, 32);
	sodium_memzero(key, size);
	free(key);
	return size == 32 ? OK : ERR_CORRUPT;
}

enum err node_relay_of(struct address *out, const char *data_dir)
{
	u8 key[32];
	enum err e;

	TRY(relay_key_load(key, data_dir));
	e = address_of_key(out, key);
	sodium_memzero(key, sizeof key);
	return e == OK ? OK : ERR_CORRUPT;
}
