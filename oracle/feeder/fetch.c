#include "oracle/feeder/fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USER_AGENT "plimsoll-feeder/1"

struct fetcher {
	CURLM *multi;
};

struct fetcher *fetcher_open(void)
{
	struct fetcher *f = calloc(1, sizeof *f);

	if (!f || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(f);
		return NULL;
	}
	f->multi = curl_multi_init();
	if (!f->multi) {
		free(f);
		return NULL;
	}
	return f;
}

void fetcher_close(struct fetcher *f)
{
	if (!f)
		return;
	curl_multi_cleanup(f->multi);
	free(f);
}

/* curl's write callback: appends, or stops the transfer when the body is too large. */
static size_t body_append(char *piece, size_t one, size_t size, void *context)
{
	struct fetch *fetch = context;

	(void)one;
	if (size > FETCH_BODY_MAX - fetch->body_size) {
		snprintf(fetch->why, sizeof fetch->why, "response above %d KiB", FETCH_BODY_MAX / 1024);
		return 0;
	}
	memcpy(fetch->body + fetch->body_size, piece, size);
	fetch->body_size += size;
	return size;
}

static void fetch_start(struct fetcher *f, struct fetch *fetch)
{
	CURL *easy = curl_easy_init();

	fetch->ok = false;
	fetch->body_size = 0;
	fetch->why[0] = 0;
	if (!easy) {
		snprintf(fetch->why, sizeof fetch->why, "out of memory");
		return;
	}
	curl_easy_setopt(easy, CURLOPT_URL, fetch->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_append);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)FETCH_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
	if (curl_multi_add_handle(f->multi, easy) != CURLM_OK) {
		snprintf(fetch->why, sizeof fetch->why, "cannot be started");
		curl_easy_cleanup(easy);
	}
}

static void fetch_finish(struct fetcher *f, CURL *easy, CURLcode result)
{
	struct fetch *fetch = NULL;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&fetch);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (result != CURLE_OK && fetch->why[0] == 0)
		snprintf(fetch->why, sizeof fetch->why, "%s", curl_easy_strerror(result));
	else if (result == CURLE_OK && status != 200)
		snprintf(fetch->why, sizeof fetch->why, "HTTP status %ld", status);
	fetch->ok = result == CURLE_OK && status == 200;
	curl_multi_remove_handle(f->multi, easy);
	curl_easy_cleanup(easy);
}

void fetch_all(struct fetcher *f, struct fetch *list, size_t count)
{
	int running = 1, left;
	CURLMsg *message;

	for (size_t i = 0; i < count; i++)
		fetch_start(f, &list[i]);
	while (running > 0) {
		curl_multi_perform(f->multi, &running);
		while ((message = curl_multi_info_read(f->multi, &left)))
			if (message->msg == CURLMSG_DONE)
				fetch_finish(f, message->easy_handle, message->data.result);
		if (running > 0)
			curl_multi_poll(f->multi, NULL, 0, 100, NULL);
	}
}
