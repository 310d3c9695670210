#include "rpc/static.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

#define HTML  "text/html; charset=utf-8"
#define CSS   "text/css; charset=utf-8"
#define JS    "text/javascript; charset=utf-8"
#define IMAGE "image/svg+xml"
#define TEXT  "text/plain; charset=utf-8"

/* symbol, path, file in web/, type; the Makefile rebuilds this when one of them changes.  Libraries are what npm
 * has put there (web/package-lock.json); what they are licensed by goes with them. */
#define FILES(X) \
	X(web_index, "/", "index.html", HTML) \
	X(web_style, "/web/style.css", "style.css", CSS) \
	X(web_icon, "/web/icon.svg", "icon.svg", IMAGE) \
	X(web_app, "/web/app.js", "app.js", JS) \
	X(web_node, "/web/node.js", "node.js", JS) \
	X(web_show, "/web/show.js", "show.js", JS) \
	X(web_charts, "/web/charts.js", "charts.js", JS) \
	X(web_abi, "/web/abi.js", "abi.js", JS) \
	X(web_past, "/web/past.js", "past.js", JS) \
	X(web_market, "/web/market.js", "market.js", JS) \
	X(web_home, "/web/home.js", "home.js", JS) \
	X(web_account, "/web/account.js", "account.js", JS) \
	X(web_chain, "/web/chain.js", "chain.js", JS) \
	X(web_oracle, "/web/oracle.js", "oracle.js", JS) \
	X(web_wallet, "/web/wallet.js", "wallet.js", JS) \
	X(web_action, "/web/action.js", "action.js", JS) \
	X(web_ethers, "/web/lib/ethers.js", "node_modules/ethers/dist/ethers.min.js", JS) \
	X(web_ethers_license, "/web/lib/ethers.license", "node_modules/ethers/LICENSE.md", TEXT) \
	X(web_uplot, "/web/lib/uplot.js", "node_modules/uplot/dist/uPlot.esm.js", JS) \
	X(web_uplot_style, "/web/lib/uplot.css", "node_modules/uplot/dist/uPlot.min.css", CSS) \
	X(web_uplot_license, "/web/lib/uplot.license", "node_modules/uplot/LICENSE", TEXT)

/* The build runs at the root of the repository. */
#define X(symbol, path, file, type) \
	__asm__(".section .rodata\n" #symbol ":\n.incbin \"web/" file "\"\n" #symbol "_end:\n.byte 0\n.previous\n"); \
	extern const u8 symbol[], symbol##_end[];
FILES(X)
#undef X

/* Nothing inline, nothing from elsewhere, in nobody's frame. */
#define POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/* header, value */
static const struct {
	const char *name, *value;
} HEADERS[] = {
	{ "Content-Security-Policy", POLICY },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "X-Frame-Options", "DENY" }, /* for browsers that do not know frame-ancestors */
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
	{ "Cache-Control", "no-cache" }, /* another build of the node is another page */
	{ "Vary", "Accept" },
};

static const struct static_file TABLE[] = {
#define X(symbol, path, file, type) { path, type, symbol, symbol##_end },
	FILES(X)
#undef X
};

const struct static_file *static_find(const char *path)
{
	for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++) {
		if (strcmp(TABLE[i].path, path) == 0)
			return &TABLE[i];
	}
	return NULL;
}

bool static_is_page_wanted(const char *accept)
{
	return accept && strstr(accept, "text/html");
}

/* One mark for all files: browsers ask again each time, and are sent nothing while this build runs. */
static char tag[19];

static void make_tag(void)
{
	struct bytes parts[ARRAY_COUNT(TABLE)];
	struct hash h;

	for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++)
		parts[i] = (struct bytes){ TABLE[i].at, (size_t)(TABLE[i].end - TABLE[i].at) };
	keccak256_parts(&h, parts, ARRAY_COUNT(parts));
	(void)snprintf(tag, sizeof tag, "\"%016llx\"", (unsigned long long)load_be64(h.bytes));
}

struct MHD_Response *static_response(unsigned *status, const char *path, const char *accept, const char *known)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct static_file *f = static_find(path);
	struct MHD_Response *r;
	bool is_known;

	if (!f || (strcmp(path, "/") == 0 && !static_is_page_wanted(accept)))
		return NULL;
	(void)pthread_once(&once, make_tag);
	is_known = known && strstr(known, tag);
	*status = is_known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
	r = MHD_create_response_from_buffer(is_known ? 0 : (size_t)(f->end - f->at), (void *)(uintptr_t)f->at,
					    MHD_RESPMEM_PERSISTENT);
	if (!r)
		return NULL;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, f->type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_ETAG, tag);
	for (size_t i = 0; i < ARRAY_COUNT(HEADERS); i++)
		MHD_add_response_header(r, HEADERS[i].name, HEADERS[i].value);
	/* A wallet shows, in a window of its own, the icon of the page that asks it. */
	MHD_add_response_header(r, "Cross-Origin-Resource-Policy",
				strcmp(f->type, IMAGE) == 0 ? "cross-origin" : "same-origin");
	return r;
}
