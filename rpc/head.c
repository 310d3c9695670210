#include "rpc/head.h"

#include <strings.h>

/* How often a field stands there. */
struct tally {
	const char *name;
	int count;
};

const char *head_field(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result tally_add(void *tally, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct tally *t = tally;

	(void)kind;
	(void)value;
	t->count += strcasecmp(name, t->name) == 0;
	return MHD_YES;
}

static int count(struct MHD_Connection *connection, const char *name)
{
	struct tally t = { name, 0 };

	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, tally_add, &t);
	return t.count;
}

bool head_has_body(struct MHD_Connection *connection)
{
	return head_field(connection, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
	       head_field(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

/* RFC 9112 3.2 of the host, 6.3 of the lengths: another server on the way may have taken the other one. */
bool head_is_ambiguous(struct MHD_Connection *connection)
{
	return count(connection, MHD_HTTP_HEADER_HOST) > 1 ||
	       count(connection, MHD_HTTP_HEADER_CONTENT_LENGTH) + count(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING) > 1;
}
