#ifndef RPC_UPGRADE_H
#define RPC_UPGRADE_H

/* The handshake that turns an HTTP connection into a WebSocket (RFC 6455, section 4.2). */

#include <microhttpd.h>

#include "rpc/http_refusal.h"
#include "rpc/ws.h"

/* Whether a GET asks for an upgrade at all. */
bool upgrade_is_wanted(struct MHD_Connection *connection);

/* Why the handshake is refused: REFUSED_ORIGIN, a page of another origin asks and CORS does not allow it (browsers
 * let any page open a WebSocket: only the server can refuse), _PATH, _HANDSHAKE, _VERSION.  Requires the Host to be
 * ours. */
enum http_refusal upgrade_check(struct MHD_Connection *connection, const struct rpc_config *config, const char *url);

/* The 101 that hands the socket to ws.  Requires upgrade_check to have passed.  NULL: out of memory. */
struct MHD_Response *upgrade_response(struct MHD_Connection *connection, struct ws *ws);

/* Sec-WebSocket-Accept of a key. */
#define UPGRADE_ACCEPT_SIZE 29 /* 28 characters, NUL */
void upgrade_accept(char out[UPGRADE_ACCEPT_SIZE], const char *key);
/* Whether a page of origin may connect.  host: the Host header. */
bool origin_is_allowed(const char *origin, const char *host, const char *cors_origin);

#endif
