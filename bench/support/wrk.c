#include "bench/support/wrk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/measure.h"

u32 wrk_threads(u32 connections)
{
	return connections < cores() ? connections : cores();
}

/* "1.23ms" in microseconds. */
static double microseconds(const char *text)
{
	char *unit;
	double x = strtod(text, &unit);

	if (strncmp(unit, "us", 2) == 0)
		return x;
	return strncmp(unit, "ms", 2) == 0 ? x * 1e3 : x * 1e6;
}

static void read_line(struct wrk_load *load, const char *line)
{
	if (strstr(line, "Non-2xx") || strstr(line, "Socket errors"))
		give_up("wrk: %s", line);
	if (strncmp(line, "Requests/sec:", 13) == 0)
		load->per_second = strtod(line + 13, NULL);
	if (strstr(line, " 99%"))
		load->p99_us = microseconds(strstr(line, "99%") + 3);
	if (strstr(line, " requests in "))
		load->requests = strtoull(line, NULL, 10);
}

static void set_or_unset(const char *name, const char *value)
{
	if ((value ? setenv(name, value, 1) : unsetenv(name)) != 0)
		give_up("out of memory");
}

struct wrk_load wrk_run(const struct wrk_job *job, u16 port)
{
	char command[256], line[256];
	struct wrk_load load = { 0 };
	FILE *in;

	set_or_unset("BENCH_BODY", job->body);
	set_or_unset("BENCH_FILES", job->body ? NULL : job->files);
	snprintf(command, sizeof command, "wrk -t%u -c%u -d%us --latency -s bench/call.lua http://127.0.0.1:%u/ 2>&1",
		 wrk_threads(job->connections), job->connections, job->seconds, port);
	in = popen(command, "r");
	if (!in)
		give_up("wrk does not start");
	while (fgets(line, sizeof line, in))
		read_line(&load, line);
	if (pclose(in) != 0 || load.per_second <= 0)
		give_up("wrk failed; is it installed, and is this the top of the source tree?");
	return load;
}
