#include "contracts-native/dispatch/names.h"

#include <assert.h>

static const struct revert_info reverts[] = {
#define X(name, signature, count, selector) [REVERT_##name] = { signature, count, selector },
	REVERT_NAMES(X)
#undef X
};

/* The topic's digits become bytes when this file is compiled. */
#define DIGIT(c)     ((c) <= '9' ? (c) - '0' : (c) - 'a' + 10)
#define BYTE(t, i)   (u8)(DIGIT((t)[2 * (i)]) * 16 + DIGIT((t)[2 * (i) + 1]))
#define BYTE4(t, i)  BYTE(t, i), BYTE(t, (i) + 1), BYTE(t, (i) + 2), BYTE(t, (i) + 3)
#define BYTE16(t, i) BYTE4(t, i), BYTE4(t, (i) + 4), BYTE4(t, (i) + 8), BYTE4(t, (i) + 12)

static const struct event_info events[] = {
#define X(name, signature, count, indexed, topic) \
	[EVENT_##name] = { signature, count, indexed, { { BYTE16(topic, 0), BYTE16(topic, 16) } } },
	EVENT_NAMES(X)
#undef X
};

#define X(name, signature, count, indexed, topic) static_assert(sizeof(topic) == 65, "64 digits");
EVENT_NAMES(X)
#undef X

const struct revert_info *revert_info(enum revert_name name)
{
	assert((size_t)name < ARRAY_COUNT(reverts));

	return &reverts[name];
}

const struct event_info *event_info(enum event_name name)
{
	assert((size_t)name < ARRAY_COUNT(events));

	return &events[name];
}
