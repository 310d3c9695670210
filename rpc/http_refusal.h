#ifndef RPC_HTTP_REFUSAL_H
#define RPC_HTTP_REFUSAL_H

/* Why a request, or the handshake of a WebSocket, is refused over HTTP before anybody reads it as JSON-RPC: name,
 * status, what is said.  Only reply_refusal makes an answer of it. */
#define HTTP_REFUSALS(X) \
	X(AMBIGUOUS, 400, "two lengths or hosts\n") \
	X(HANDSHAKE, 400, "not a WebSocket handshake\n") \
	X(HOST, 403, "invalid host specified\n") \
	X(ORIGIN, 403, "invalid host or origin specified\n") \
	X(PATH, 404, "not found\n") \
	X(METHOD, 405, "method not allowed\n") \
	X(SIZE, 413, "content length too large\n") \
	X(TYPE, 415, "invalid content type, only application/json is supported\n") \
	X(VERSION, 426, "WebSocket version 13 is supported\n") \
	X(UNREAD, 503, "too many answers wait to be read, ask for less or later\n") \
	X(CROWDED, 503, "too many connections\n")

enum http_refusal {
	REFUSED_NOT = 0,
#define X(name, status, text) REFUSED_##name,
	HTTP_REFUSALS(X)
#undef X
};

#endif
