#include "rpc/upgrade.h"

#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>
#include <strings.h>

#include "rpc/head.h"

#define KEY_SIZE 24 /* 16 bytes in base64 */

static const char GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* Whether a comma-separated list has a word, in any case. */
static bool list_has(const char *list, const char *word)
{
	size_t size = strlen(word);

	while (list && *list) {
		size_t length;

		list += strspn(list, " \t,");
		length = strcspn(list, " \t,");
		if (length == size && strncasecmp(list, word, size) == 0)
			return true;
		list += length;
	}
	return false;
}

bool upgrade_is_wanted(struct MHD_Connection *connection)
{
	return head_field(connection, MHD_HTTP_HEADER_UPGRADE) != NULL;
}

/* -- checks ------------------------------------------------------------------------ */

static bool key_is_valid(const char *key)
{
	struct base64_decode_ctx context;
	u8 bytes[BASE64_DECODE_LENGTH(KEY_SIZE)];
	size_t size = sizeof bytes;

	if (!key || strlen(key) != KEY_SIZE)
		return false;
	base64_decode_init(&context);
	return base64_decode_update(&context, &size, bytes, KEY_SIZE, key) == 1 && size == 16 &&
	       base64_decode_final(&context) == 1;
}

bool origin_is_allowed(const char *origin, const char *host, const char *cors_origin)
{
	const char *authority;

	if (!origin || (cors_origin && (strcmp(cors_origin, "*") == 0 || strcasecmp(cors_origin, origin) == 0)))
		return true;
	authority = strstr(origin, "://");
	return host && *host && authority && strcasecmp(authority + 3, host) == 0; /* a page of our own */
}

enum http_refusal upgrade_check(struct MHD_Connection *connection, const struct rpc_config *config, const char *url)
{
	const char *version = head_field(connection, MHD_HTTP_HEADER_SEC_WEBSOCKET_VERSION);

	if (!origin_is_allowed(head_field(connection, MHD_HTTP_HEADER_ORIGIN),
			       head_field(connection, MHD_HTTP_HEADER_HOST), config->cors_origin))
		return REFUSED_ORIGIN;
	if (strcmp(url, "/") != 0)
		return REFUSED_PATH;
	if (!list_has(head_field(connection, MHD_HTTP_HEADER_UPGRADE), "websocket") ||
	    !list_has(head_field(connection, MHD_HTTP_HEADER_CONNECTION), "Upgrade"))
		return REFUSED_HANDSHAKE;
	if (!version || strcmp(version, "13") != 0)
		return REFUSED_VERSION;
	if (!key_is_valid(head_field(connection, MHD_HTTP_HEADER_SEC_WEBSOCKET_KEY)))
		return REFUSED_HANDSHAKE;
	return REFUSED_NOT;
}

/* -- the answer ----------------------------------------------------------------------- */

void upgrade_accept(char out[UPGRADE_ACCEPT_SIZE], const char *key)
{
	u8 digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, strlen(key), (const u8 *)key);
	sha1_update(&sha1, sizeof GUID - 1, (const u8 *)GUID);
	sha1_digest(&sha1, sizeof digest, digest);
	base64_encode_raw(out, sizeof digest, digest);
	out[UPGRADE_ACCEPT_SIZE - 1] = '\0';
}

static void release(void *handle)
{
	(void)MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

static void on_upgrade(void *context, struct MHD_Connection *connection, void *request, const char *early,
		       size_t early_size, MHD_socket socket, struct MHD_UpgradeResponseHandle *handle)
{
	(void)connection;
	(void)request;
	if (!ws_adopt(context, socket, (struct bytes){ (const u8 *)early, early_size }, release, handle))
		release(handle);
}

struct MHD_Response *upgrade_response(struct MHD_Connection *connection, struct ws *ws)
{
	struct MHD_Response *r = MHD_create_response_for_upgrade(on_upgrade, ws);
	char accept[UPGRADE_ACCEPT_SIZE];

	if (!r)
		return NULL;
	upgrade_accept(accept, head_field(connection, MHD_HTTP_HEADER_SEC_WEBSOCKET_KEY));
	MHD_add_response_header(r, MHD_HTTP_HEADER_UPGRADE, "websocket");
	MHD_add_response_header(r, MHD_HTTP_HEADER_SEC_WEBSOCKET_ACCEPT, accept);
	return r;
}
