#ifndef RPC_HOST_H
#define RPC_HOST_H

/* What an HTTP request's head must say before its body is looked at. */

#include "base/types.h"

/* Whether a Host header names us: localhost, any IP literal, or one of hosts, in any case,
 * with or without a port.  "*" in hosts allows all.  NULL and "" are allowed: no browser leaves it
 * out. */
bool host_is_allowed(const char *header, const char *const *hosts, size_t host_count);

/* Whether a Content-Type is one that JSON-RPC is sent with; parameters after ";" are ignored. */
bool content_type_is_json(const char *header);

#endif
