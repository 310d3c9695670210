#ifndef BENCH_SUPPORT_HTTP_H
#define BENCH_SUPPORT_HTTP_H

/* As little HTTP client as will do, so that the client takes little of the machine: one
 * blocking keep-alive connection, requests made beforehand. */

#include "base/types.h"

struct http {
	int socket;
	char *reply; /* body of the last one, NUL-terminated */
	size_t size, capacity;
};

/* A socket that is connected to a port of this machine. */
int tcp_open(u16 port);

void http_open(struct http *h, u16 port);
void http_close(struct http *h);

/* A POST with a JSON body, as bytes to send; free() at. */
struct bytes http_post(struct bytes body);
/* Sends a request and reads its reply: h->reply.  Anything but a 200 ends the program. */
void http_exchange(struct http *h, struct bytes request);

#endif
