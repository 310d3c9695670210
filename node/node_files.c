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

static enum err write_folder(const char *folder, const struct genesis *g, const char *text)
{
	struct bytes devnet_relay = { (const u8 *)"relay", 5 };
	struct hash key;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return ERR_IO;
	if (file_exists(folder, NODE_GENESIS_FILE) || file_exists(folder, NODE_STORE_FOLDER))
		return ERR_EXISTS;
	/* A devnet's key is public, so that its genesis can fund it. */
	if (g->devnet)
		keccak256(&key, devnet_relay);
	else
		randombytes_buf(key.bytes, sizeof key.bytes);
	TRY(file_write(folder, NODE_RELAY_FILE, (struct bytes){ key.bytes, sizeof key.bytes }));
	sodium_memzero(&key, sizeof key);
	/* Last: a folder with a genesis file is a complete one. */
	return file_write(folder, NODE_GENESIS_FILE, (struct bytes){ (const u8 *)text, strlen(text) });
}

static enum err init_from(const char *folder, struct bytes text, char why[STORE_WHY_MAX])
{
	struct genesis g;
	char *settled;
	enum err e;

	TRY(genesis_settle(&settled, text, clock_wall_ms() / 1000, why));
	e = genesis_parse(&g, (struct bytes){ (const u8 *)settled, strlen(settled) }, why);
	if (e == OK) {
		e = write_folder(folder, &g, settled);
		if (e != OK)
			(void)snprintf(why, STORE_WHY_MAX, "%.300s: %s", folder, err_text(e));
		genesis_free(&g);
	}
	free(settled);
	return e;
}

enum err node_init(const char *data_dir, const char *genesis_path, char why[STORE_WHY_MAX])
{
	char inner[STORE_WHY_MAX] = "";
	u8 *text = NULL;
	size_t size;
	enum err e;

	if (sodium_init() < 0)
		return ERR_IO;
	if (!genesis_path)
		return init_from(data_dir, genesis_devnet(), why);
	e = file_read(&text, &size, genesis_path, GENESIS_SIZE_MAX);
	if (e == OK)
		e = init_from(data_dir, (struct bytes){ text, size }, inner);
	free(text);
	if ((e == ERR_EXISTS || e == ERR_IO) && inner[0] != '\0')
		(void)snprintf(why, STORE_WHY_MAX, "%s", inner); /* about the folder */
	else if (e != OK)
		(void)snprintf(why, STORE_WHY_MAX, "%.200s: %.300s", genesis_path,
			       inner[0] != '\0' ? inner : err_text(e));
	return e;
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
