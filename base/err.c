#include "base/err.h"

const char *err_text(enum err e)
{
	switch (e) {
#define X(name, code, text) \
	case name: \
		return text;
		ERR_LIST(X)
#undef X
	}
	return "unknown error";
}

const char *err_name(enum err e)
{
	switch (e) {
#define X(name, code, text) \
	case name: \
		return #name;
		ERR_LIST(X)
#undef X
	}
	return "ERR_UNKNOWN";
}
