#ifndef RPC_SCHEMA_H
#define RPC_SCHEMA_H

/* JSON schemas from a short notation:
 *
 *     quantity                       a word of schema.c: a kind of string or number, or an object that has a name there
 *     [log]                          an array of them
 *     {height:quantity data?:data}   an object with these members and no others; ? may be missing; without a colon anything
 *     block|null                     either */

#include "rpc/json_writer.h"

/* Writes the schema of one type.  Requires good notation (assert). */
void schema_write(struct json_writer *w, const char *key, const char *type);

#endif
