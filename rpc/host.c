#include "rpc/host.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define HOST_SIZE_MAX 256

/* The name without port and brackets; false if it cannot be one. */
static bool host_name(char out[HOST_SIZE_MAX], const char *header)
{
	const char *first = header, *end;

	if (*first == '[') {
		end = strchr(++first, ']');
		if (!end || (end[1] != '\0' && end[1] != ':'))
			return false;
	} else {
		end = strchr(first, ':');
		if (!end)
			end = first + strlen(first);
	}
	if (end - first >= HOST_SIZE_MAX)
		return false;
	memcpy(out, first, (size_t)(end - first));
	out[end - first] = '\0';
	return true;
}

bool host_is_allowed(const char *header, const char *const *hosts, size_t host_count)
{
	struct in6_addr literal;
	char name[HOST_SIZE_MAX];

	if (!header || !*header)
		return true;
	if (!host_name(name, header))
		return false;
	if (strcasecmp(name, "localhost") == 0 || inet_pton(AF_INET, name, &literal) == 1 ||
	    inet_pton(AF_INET6, name, &literal) == 1)
		return true;
	for (size_t i = 0; i < host_count; i++) {
		if (strcmp(hosts[i], "*") == 0 || strcasecmp(hosts[i], name) == 0)
			return true;
	}
	return false;
}

bool content_type_is_json(const char *header)
{
	static const char *const types[] = {
		"application/json",
		"application/json-rpc",
		"application/jsonrequest",
	};
	size_t size;

	if (!header)
		return false;
	size = strcspn(header, "; \t");
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		if (strlen(types[i]) == size && strncasecmp(header, types[i], size) == 0)
			return true;
	}
	return false;
}
