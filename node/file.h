#ifndef NODE_FILE_H
#define NODE_FILE_H

/* Whole files, in and out. */

#include "base/err.h"

#define PATH_SIZE 1024

/* folder/name.  ERR_SIZE: too long. */
MUST_CHECK enum err path_join(char out[PATH_SIZE], const char *folder, const char *name);
bool file_exists(const char *folder, const char *name);

/* file_read reads a whole file; free() it.  ERR_NOT_FOUND, ERR_IO, ERR_FULL; ERR_SIZE: above size_max. */
MUST_CHECK enum err file_read(u8 **out, size_t *size, const char *path, size_t size_max);

/* file_write makes a file that only its owner can read; it has its name once all of it is on disk.
 * ERR_IO, ERR_SIZE. */
MUST_CHECK enum err file_write(const char *folder, const char *name, struct bytes content);

#endif
