#include "tests/rpc/fixture.h"

#include <stdio.h>
#include <string.h>

#include "rpc/static.h"

/* The dashboard's files inside the program. */

static void the_page_is_what_the_folder_holds(void **unused)
{
	static const char *const names[] = { "style.css", "app.js", "abi.js", "icon.svg" };
	static char there[1 << 17];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		char path[64];
		const struct static_file *f;
		size_t size;
		FILE *file;

		(void)snprintf(path, sizeof path, "/web/%s", names[i]);
		f = static_find(path);
		assert_non_null(f);
		file = fopen(path + 1, "rb");
		assert_non_null(file);
		size = fread(there, 1, sizeof there, file);
		(void)fclose(file);
		assert_int_equal(f->end - f->at, size);
		assert_memory_equal(f->at, there, size);
	}
}

static void everything_the_page_names_is_served(void **unused)
{
	const struct static_file *page = static_find("/");
	char path[64];
	int count = 0;

	(void)unused;
	assert_non_null(page);
	/* A NUL stands behind every file. */
	for (const char *at = (const char *)page->at; (at = strstr(at, "\"/web/")); at++) {
		(void)snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
		assert_non_null(static_find(path));
		count++;
	}
	assert_true(count >= 3);
}

static void other_paths_are_no_files(void **unused)
{
	static const char *const paths[] = { "", "/web", "/web/", "/web/nothing.js", "/web/../Makefile", "/index.html" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
		assert_null(static_find(paths[i]));
}

static void only_who_reads_pages_is_given_one(void **unused)
{
	struct MHD_Response *r;
	unsigned status = 0;

	(void)unused;
	assert_false(static_is_page_wanted(NULL));
	assert_false(static_is_page_wanted("*/*"));
	assert_false(static_is_page_wanted("application/json"));
	assert_true(static_is_page_wanted("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"));
	assert_null(static_response(&status, "/", "*/*", NULL));
	assert_null(static_response(&status, "/healthz", "text/html", NULL));
	r = static_response(&status, "/", "text/html", NULL);
	assert_non_null(r);
	assert_int_equal(status, 200);
	assert_non_null(strstr(MHD_get_response_header(r, "Content-Security-Policy"), "script-src 'self';"));
	assert_null(strstr(MHD_get_response_header(r, "Content-Security-Policy"), "unsafe"));
	assert_string_equal(MHD_get_response_header(r, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(MHD_get_response_header(r, "X-Frame-Options"), "DENY");
	assert_string_equal(MHD_get_response_header(r, "Content-Type"), "text/html; charset=utf-8");
	MHD_destroy_response(r);
}

static unsigned status_for(const char *known)
{
	unsigned status = 0;
	struct MHD_Response *r = static_response(&status, "/web/lib/ethers.js", NULL, known);

	assert_non_null(r);
	MHD_destroy_response(r);
	return status;
}

static void what_a_browser_has_is_not_sent_again(void **unused)
{
	unsigned status;
	struct MHD_Response *r = static_response(&status, "/web/app.js", NULL, NULL);
	char tag[32], list[64];

	(void)unused;
	assert_non_null(r);
	(void)snprintf(tag, sizeof tag, "%s", MHD_get_response_header(r, "ETag"));
	MHD_destroy_response(r);
	assert_int_equal(strlen(tag), 18);
	(void)snprintf(list, sizeof list, "\"other\", W/%s", tag);
	assert_int_equal(status_for(tag), 304);
	assert_int_equal(status_for(list), 304);
	assert_int_equal(status_for("\"0123456789abcdef\""), 200);
	assert_int_equal(status_for(NULL), 200);
}

static void libraries_come_with_their_licenses(void **unused)
{
	static const char *const names[] = { "ethers", "uplot" };
	char path[64];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		(void)snprintf(path, sizeof path, "/web/lib/%s.js", names[i]);
		assert_non_null(static_find(path));
		(void)snprintf(path, sizeof path, "/web/lib/%s.license", names[i]);
		assert_non_null(static_find(path));
		assert_non_null(strstr((const char *)static_find(path)->at, "Permission is hereby granted, free of charge"));
	}
}

static void the_icon_alone_is_shown_elsewhere(void **unused)
{
	static const struct {
		const char *path, *policy;
	} vectors[] = { { "/", "same-origin" }, { "/web/app.js", "same-origin" }, { "/web/icon.svg", "cross-origin" } };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		unsigned status;
		struct MHD_Response *r = static_response(&status, vectors[i].path, "text/html", NULL);

		assert_non_null(r);
		assert_string_equal(MHD_get_response_header(r, "Cross-Origin-Resource-Policy"), vectors[i].policy);
		MHD_destroy_response(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_what_the_folder_holds),
		cmocka_unit_test(everything_the_page_names_is_served),
		cmocka_unit_test(other_paths_are_no_files),
		cmocka_unit_test(only_who_reads_pages_is_given_one),
		cmocka_unit_test(what_a_browser_has_is_not_sent_again),
		cmocka_unit_test(libraries_come_with_their_licenses),
		cmocka_unit_test(the_icon_alone_is_shown_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
