#ifndef RPC_REPLY_H
#define RPC_REPLY_H

/* What is said over HTTP besides JSON-RPC's own answers.  Every reply is counted by its status, and says who may
 * read it (CORS).  Each function queues one reply; MHD_NO ends the connection. */

#include <microhttpd.h>

#include "rpc/http_refusal.h"
#include "rpc/metrics.h"
#include "rpc/worker.h"

/* Takes the response; NULL: out of memory.  type NULL: none, or the response has it. */
enum MHD_Result reply(struct worker *w, struct MHD_Connection *connection, unsigned status, const char *type,
		      struct MHD_Response *response);
/* text is constant. */
enum MHD_Result reply_text(struct worker *w, struct MHD_Connection *connection, unsigned status, const char *text);
/* Requires why not to be REFUSED_NOT (assert). */
enum MHD_Result reply_refusal(struct worker *w, struct MHD_Connection *connection, enum http_refusal why);
/* Takes what has been made. */
enum MHD_Result reply_made(struct worker *w, struct MHD_Connection *connection, unsigned status, const char *type,
			   struct text *made);
/* What a browser may send from another page: 405 unless CORS is configured. */
enum MHD_Result reply_preflight(struct worker *w, struct MHD_Connection *connection);

#endif
