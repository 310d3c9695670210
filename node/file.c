#include "node/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum err path_join(char out[PATH_SIZE], const char *folder, const char *name)
{
	int size = snprintf(out, PATH_SIZE, "%s/%s", folder, name);

	return size > 0 && size < PATH_SIZE ? OK : ERR_SIZE;
}

/* A new name is on disk once its folder is. */
static enum err sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return is_synced ? OK : ERR_IO;
}

enum err file_write(const char *folder, const char *name, struct bytes content)
{
	char path[PATH_SIZE], fresh[PATH_SIZE + 8];
	size_t done = 0;
	int fd;

	TRY(path_join(path, folder, name));
	(void)snprintf(fresh, sizeof fresh, "%s.new", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	while (done < content.size) {
		ssize_t wrote = write(fd, content.at + done, content.size - done);

		if (wrote <= 0)
			break;
		done += (size_t)wrote;
	}
	if (done < content.size || fsync(fd) != 0) {
		(void)close(fd);
		return ERR_IO;
	}
	if (close(fd) != 0 || rename(fresh, path) != 0)
		return ERR_IO;
	return sync_folder(folder);
}

bool file_exists(const char *folder, const char *name)
{
	char path[PATH_SIZE];

	return path_join(path, folder, name) == OK && access(path, F_OK) == 0;
}

enum err file_read(u8 **out, size_t *size, const char *path, size_t size_max)
{
	FILE *f = fopen(path, "rb");
	size_t got = 0, capacity = 4096;
	u8 *at = NULL, *grown;
	enum err e = OK;

	if (!f)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	do {
		capacity *= 2;
		grown = realloc(at, capacity);
		if (!grown) {
			e = ERR_FULL;
			break;
		}
		at = grown;
		got += fread(at + got, 1, capacity - got, f);
	} while (got == capacity && got <= size_max);
	if (e == OK && ferror(f))
		e = ERR_IO;
	if (e == OK && got > size_max)
		e = ERR_SIZE;
	(void)fclose(f);
	if (e != OK) {
		free(at);
		return e;
	}
	*out = at;
	*size = got;
	return OK;
}
