#ifndef BENCH_SUPPORT_EMPTY_SERVER_H
#define BENCH_SUPPORT_EMPTY_SERVER_H

/* The baseline of every RPC figure: libmicrohttpd as rpc/http.c uses it (same flags, threads,
 * limits, reading of the body), but a handler that does nothing and answers the same line. */

#include "base/types.h"

struct empty_server;
struct empty_server *empty_server_start(void); /* ends the program on failure */
void empty_server_stop(struct empty_server *s);
u16 empty_server_port(const struct empty_server *s);

#endif
