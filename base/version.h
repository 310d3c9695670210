#ifndef BASE_VERSION_H
#define BASE_VERSION_H

/* Of all programs here, which are built and shipped together. */
#define PLIMSOLL_VERSION "0.1.0"

#endif
