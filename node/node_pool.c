#include "node/log.h"
#include "node/mempool_file.h"
#include "node/node_parts.h"

/* The pool over a restart of the node. */

void node_pool_save(struct node *n)
{
	enum err e;

	if (n->config.is_dev)
		return; /* its chain may be reset or rolled back under any transaction */
	e = mempool_save(n->pool, n->config.data_dir);
	if (e != OK)
		log_line(LOG_WARN, "mempool not saved why=\"%s\"", err_text(e));
}

void pool_restore(struct node *n)
{
	struct mempool_loaded loaded;
	enum err e;

	if (n->config.is_dev)
		return;
	e = mempool_load(n->pool, &loaded, n->config.data_dir);
	if (e == OK)
		log_line(LOG_INFO, "mempool restored=%u refused=%u", loaded.admitted, loaded.refused);
	else if (e != ERR_NOT_FOUND)
		log_line(LOG_WARN, "mempool not restored file=" MEMPOOL_FILE " why=\"%s\"", err_text(e));
}
