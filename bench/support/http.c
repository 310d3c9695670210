#include "bench/support/http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/support/measure.h"

#define REPLY_CAPACITY (1u << 20)

int tcp_open(u16 port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		give_up("cannot connect to port %u", port);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

void http_open(struct http *h, u16 port)
{
	h->capacity = REPLY_CAPACITY;
	h->reply = malloc(h->capacity + 1);
	h->size = 0;
	if (!h->reply)
		give_up("out of memory");
	h->socket = tcp_open(port);
}

void http_close(struct http *h)
{
	close(h->socket);
	free(h->reply);
}

struct bytes http_post(struct bytes body)
{
	char *at = malloc(body.size + 160);
	int head;

	if (!at)
		give_up("out of memory");
	head = sprintf(at,
		       "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
		       "Content-Length: %zu\r\n\r\n",
		       body.size);
	memcpy(at + head, body.at, body.size);
	return (struct bytes){ (u8 *)at, (size_t)head + body.size };
}

/* Reads on until size bytes are there. */
static void read_up_to(struct http *h, size_t size)
{
	ssize_t got;

	while (h->size < size) {
		got = recv(h->socket, h->reply + h->size, h->capacity - h->size, 0);
		if (got <= 0)
			give_up("the node hung up");
		h->size += (size_t)got;
		h->reply[h->size] = '\0';
	}
}

void http_exchange(struct http *h, struct bytes request)
{
	size_t sent = 0, head, length;
	const char *end, *field;

	while (sent < request.size) {
		ssize_t n = send(h->socket, request.at + sent, request.size - sent, MSG_NOSIGNAL);

		if (n <= 0)
			give_up("the node hung up");
		sent += (size_t)n;
	}
	h->size = 0;
	do {
		read_up_to(h, h->size + 1);
		end = strstr(h->reply, "\r\n\r\n");
	} while (!end);
	field = strcasestr(h->reply, "content-length:");
	if (strncmp(h->reply, "HTTP/1.1 200", 12) != 0 || !field || field > end)
		give_up("not the reply of a node: %.200s", h->reply);
	length = strtoul(field + 15, NULL, 10);
	head = (size_t)(end - h->reply) + 4;
	if (head + length > h->capacity)
		give_up("a reply of %zu bytes", length);
	read_up_to(h, head + length);
	memmove(h->reply, h->reply + head, length + 1);
	h->size = length;
}
