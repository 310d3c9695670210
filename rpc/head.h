#ifndef RPC_HEAD_H
#define RPC_HEAD_H

/* The head of an HTTP request, as libmicrohttpd has read it. */

#include <microhttpd.h>
#include <stdbool.h>

/* The first field of that name, in any case; NULL: there is none. */
const char *head_field(struct MHD_Connection *connection, const char *name);

/* Whether it says that a body follows, be it of no bytes. */
bool head_has_body(struct MHD_Connection *connection);

/* Whether two servers may differ about where the request ends or whom it is for: Host, Content-Length or
 * Transfer-Encoding stand there twice, or the last two stand there both. */
bool head_is_ambiguous(struct MHD_Connection *connection);

#endif
