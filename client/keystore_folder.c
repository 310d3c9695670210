/* Key files in a folder: names, modes, and writing that is complete or absent. */

#include "client/keystore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"

#define ENTRIES_MAX 65536

/* Folders above it are made too, for their owner only. */
static enum err folder_make(const char *folder, char why[KEYSTORE_WHY_MAX])
{
	char path[KEYSTORE_PATH_MAX];

	if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path) {
		snprintf(why, KEYSTORE_WHY_MAX, "the folder's name is too long");
		return ERR_SIZE;
	}
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			break; /* the last mkdir tells */
		*slash = '/';
	}
	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		snprintf(why, KEYSTORE_WHY_MAX, "%.160s: %s", folder, strerror(errno));
		return ERR_IO;
	}
	return OK;
}

/* geth's name: UTC--2026-01-31T09-08-07.000000000Z--<address>. */
static void file_name(char *out, size_t size, const char *folder, const char *owner)
{
	struct timespec now;
	struct tm utc;
	char stamp[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H-%M-%S", &utc);
	snprintf(out, size, "%s/UTC--%s.%09ldZ--%s", folder, stamp, now.tv_nsec, owner);
}

static enum err file_save(const char *path, const char *text)
{
	char part[KEYSTORE_PATH_MAX + 8];
	size_t size = strlen(text);
	int fd;

	snprintf(part, sizeof part, "%s.part", path);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	if (write(fd, text, size) != (ssize_t)size || fsync(fd) != 0 || close(fd) != 0 ||
	    rename(part, path) != 0) {
		unlink(part);
		return ERR_IO;
	}
	return OK;
}

enum err keystore_write(char path[KEYSTORE_PATH_MAX], const char *folder, const json_t *file,
			char why[KEYSTORE_WHY_MAX])
{
	const char *owner = json_string_value(json_object_get(file, "address"));
	struct keystore_list list;
	bool is_there;
	char *text;
	enum err e;

	if (!owner || strlen(folder) > KEYSTORE_PATH_MAX - 128) {
		snprintf(why, KEYSTORE_WHY_MAX, "the folder's name is too long");
		return ERR_SIZE;
	}
	TRY(folder_make(folder, why));
	TRY(keystore_scan(&list, folder));
	is_there = keystore_find(&list, owner) != NULL;
	keystore_list_free(&list);
	if (is_there) {
		snprintf(why, KEYSTORE_WHY_MAX, "%.160s already has 0x%s", folder, owner);
		return ERR_EXISTS;
	}
	file_name(path, KEYSTORE_PATH_MAX, folder, owner);
	text = json_dumps(file, JSON_INDENT(2));
	if (!text)
		return ERR_FULL;
	e = file_save(path, text);
	if (e)
		snprintf(why, KEYSTORE_WHY_MAX, "%.160s: %s", path, strerror(errno));
	free(text);
	return e;
}

enum err keystore_read(json_t **out, const char *path, char why[KEYSTORE_WHY_MAX])
{
	json_error_t syntax;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &syntax);

	if (!file) {
		snprintf(why, KEYSTORE_WHY_MAX, "%.120s: %.100s", path, syntax.text);
		return json_error_code(&syntax) == json_error_cannot_open_file ? ERR_IO
									       : ERR_SYNTAX;
	}
	*out = file;
	return OK;
}

/* Whether the file at entry->path is a key file; fills owner and name. */
static bool entry_read(struct keystore_entry *entry)
{
	char why[KEYSTORE_WHY_MAX], owner[64] = "0x";
	const char *address, *name;
	struct stat st;
	bool is_key = false;
	json_t *file;

	/* A key file is under a kilobyte; do not parse whatever else lies there. */
	if (stat(entry->path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > 65536)
		return false;
	if (keystore_read(&file, entry->path, why))
		return false;
	address = json_string_value(json_object_get(file, "address"));
	name = json_string_value(json_object_get(file, "name"));
	if (address && strlen(address) <= 42 &&
	    json_integer_value(json_object_get(file, "version")) == 3) {
		snprintf(owner + 2, sizeof owner - 2, "%s",
			 strncmp(address, "0x", 2) == 0 ? address + 2 : address);
		is_key = hex_to_address(&entry->owner, owner, strlen(owner)) == OK;
	}
	snprintf(entry->name, sizeof entry->name, "%s", name ? name : "");
	json_decref(file);
	return is_key;
}

static int entry_compare(const void *a, const void *b)
{
	return strcmp(((const struct keystore_entry *)a)->path,
		      ((const struct keystore_entry *)b)->path);
}

enum err keystore_scan(struct keystore_list *out, const char *folder)
{
	struct keystore_list list = { 0 };
	DIR *dir = opendir(folder);
	struct keystore_entry *larger, entry;
	const struct dirent *item;

	while (dir && (item = readdir(dir)) && list.count < ENTRIES_MAX) {
		if (item->d_name[0] == '.' ||
		    snprintf(entry.path, sizeof entry.path, "%s/%s", folder, item->d_name) >=
			    (int)sizeof entry.path)
			continue;
		if (!entry_read(&entry))
			continue;
		larger = realloc(list.at, (list.count + 1) * sizeof *list.at);
		if (!larger) {
			closedir(dir);
			keystore_list_free(&list);
			return ERR_FULL;
		}
		list.at = larger;
		list.at[list.count++] = entry;
	}
	if (dir)
		closedir(dir);
	if (list.count)
		qsort(list.at, list.count, sizeof *list.at, entry_compare);
	*out = list;
	return OK;
}

void keystore_list_free(struct keystore_list *l)
{
	free(l->at);
	*l = (struct keystore_list){ 0 };
}

const struct keystore_entry *keystore_find(const struct keystore_list *l, const char *who)
{
	char prefixed[64] = "0x";
	struct address owner;
	bool is_address;

	snprintf(prefixed + 2, sizeof prefixed - 2, "%s",
		 strncmp(who, "0x", 2) == 0 ? who + 2 : who);
	is_address = hex_to_address(&owner, prefixed, strlen(prefixed)) == OK;
	for (size_t i = 0; i < l->count; i++) {
		if (is_address ? address_cmp(&l->at[i].owner, &owner) == 0
			       : l->at[i].name[0] && strcasecmp(l->at[i].name, who) == 0)
			return &l->at[i];
	}
	return NULL;
}
