#ifndef BENCH_SUPPORT_WS_H
#define BENCH_SUPPORT_WS_H

/* As little WebSocket client as will do.  What the node does not keep to ends the program. */

#include "base/types.h"

#define WS_SAY_MAX 125 /* bytes of a message to the node: its length takes one byte */

/* A socket whose handshake is done, to a port of this machine. */
int ws_open(u16 port);
/* Sends a text message of up to WS_SAY_MAX bytes. */
void ws_say(int socket, const char *text);
/* Waits for the next text message, NUL-terminated; pings before it are answered. */
void ws_hear(int socket, char *out, size_t capacity);

#endif
