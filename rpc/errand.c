#include "rpc/errand.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/jsonrpc.h"

static void answer(struct errand *e, struct rpc *c)
{
	struct unsent *unsent = c->unsent;
	struct bytes text;

	c->unsent = NULL; /* HTTP's */
	text = jsonrpc_serve_aside(c, &e->terms, (struct bytes){ e->body, e->size });
	c->unsent = unsent;
	e->answer = malloc(text.size + 1);
	if (!e->answer)
		return;
	memcpy(e->answer, text.at, text.size);
	e->answer_size = text.size;
	e->is_answered = true;
}

static void serve(void *errands, struct aside_task *task, bool is_stopping)
{
	struct errands *home = errands;
	struct errand *e = (struct errand *)task;
	struct rpc *c = is_stopping ? NULL : home->context_of(home->server);
	u64 one = 1;

	if (c)
		answer(e, c);
	(void)pthread_mutex_lock(&home->lock);
	e->next = home->done;
	home->done = e;
	(void)pthread_mutex_unlock(&home->lock);
	if (write(home->wake, &one, sizeof one) < 0)
		return; /* it is awake */
}

struct errand *errand_send(struct errands *home, struct connection *owner, const struct rpc *c, struct bytes body)
{
	struct errand *e = calloc(1, sizeof *e + body.size);

	if (!e)
		return NULL;
	e->task = (struct aside_task){ .serve = serve, .context = home };
	e->owner = owner;
	e->terms = jsonrpc_terms(c);
	e->size = body.size;
	memcpy(e->body, body.at, body.size);
	if (aside_add(home->aside, &e->task))
		return e;
	free(e);
	return NULL;
}

struct errand *errands_take(struct errands *home)
{
	struct errand *all;

	(void)pthread_mutex_lock(&home->lock);
	all = home->done;
	home->done = NULL;
	(void)pthread_mutex_unlock(&home->lock);
	return all;
}

void errand_free(struct errand *e)
{
	free(e->answer);
	free(e);
}
