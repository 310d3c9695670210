#ifndef RPC_STATIC_H
#define RPC_STATIC_H

/* The dashboard's files (web/ and the libraries it uses), which are part of the program: a node is one binary.
 * They are served with a policy that lets the page load, run and ask nothing but this node. */

#include <microhttpd.h>

#include "base/types.h"

struct static_file {
	const char *path; /* as it is asked for */
	const char *type;
	const u8 *at, *end;
};

/* NULL: there is no such file. */
const struct static_file *static_find(const char *path);

/* Whether whoever sends this Accept header would rather read a page than a line of text.
 * accept may be NULL. */
bool static_is_page_wanted(const char *accept);

/* What a GET of path is answered with, and its status: 304 without a body if the mark that the browser sends
 * (If-None-Match; known may be NULL, like accept) is this build's.  NULL: out of memory, no such file, or "/" asked
 * for by what is no browser. */
struct MHD_Response *static_response(unsigned *status, const char *path, const char *accept, const char *known);

#endif
