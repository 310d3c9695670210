#include "bench/support/ws.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/support/http.h"
#include "bench/support/measure.h"

#define HEAD_MAX 1024
#define PING     0x89
#define TEXT     0x81

static void put(int socket, const void *at, size_t size)
{
	if (send(socket, at, size, MSG_NOSIGNAL) != (ssize_t)size)
		give_up("the node hung up");
}

static void take(int socket, void *at, size_t size)
{
	if (size > 0 && recv(socket, at, size, MSG_WAITALL) != (ssize_t)size)
		give_up("the node hung up");
}

/* A frame with a mask of zeros. */
static void put_frame(int socket, u8 first, const void *at, size_t size)
{
	u8 frame[6 + WS_SAY_MAX] = { first, (u8)(0x80 | size) };

	assert(size <= WS_SAY_MAX);
	memcpy(frame + 6, at, size);
	put(socket, frame, 6 + size);
}

int ws_open(u16 port)
{
	static const char ask[] = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
	char head[HEAD_MAX] = "";
	int socket = tcp_open(port);
	size_t size = 0;

	put(socket, ask, sizeof ask - 1);
	while (!strstr(head, "\r\n\r\n")) {
		if (size == HEAD_MAX - 1)
			give_up("not the reply of a node: %.200s", head);
		take(socket, head + size++, 1);
	}
	if (strncmp(head, "HTTP/1.1 101", 12) != 0)
		give_up("no handshake: %.200s", head);
	return socket;
}

void ws_say(int socket, const char *text)
{
	put_frame(socket, TEXT, text, strlen(text));
}

void ws_hear(int socket, char *out, size_t capacity)
{
	u8 head[4];
	size_t size;

	do {
		take(socket, head, 2);
		size = head[1];
		if (size == 126) {
			take(socket, head + 2, 2);
			size = (size_t)head[2] << 8 | head[3];
		}
		if (size >= capacity || head[1] == 127)
			give_up("a message is too long");
		take(socket, out, size);
		out[size] = '\0';
		if (head[0] == PING)
			put_frame(socket, 0x8a, out, size);
		else if (head[0] != TEXT)
			give_up("a frame of kind 0x%02x: %s", head[0], size > 2 ? out + 2 : "");
	} while (head[0] == PING);
}
