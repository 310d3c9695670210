/* plimsoll completion: what a shell needs to finish command lines, written from the table of
 * commands.
 *
 * A word of a command's form in small letters is meant literally ("new|import"), and so are the
 * alternatives of an option's value ("12|24"); FILE and FOLDER are completed as such.  What bash offers for a
 * TOKEN or the NAME of a key the program itself is asked. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/plimsoll/cli.h"

/* The alternatives of a form that can be typed as they are, between spaces: "new|import [FILE]" gives
 * "new import", "AMOUNT|max" gives "max".  Only the first word counts. */
static void choices_write(FILE *out, const char *form)
{
	const char *end = form + strcspn(form, " "), *between = "";

	for (const char *at = form; at < end;) {
		size_t size = strcspn(at, "| ");
		bool is_literal = size > 0;

		for (size_t i = 0; i < size; i++)
			is_literal = is_literal && (islower((unsigned char)at[i]) ||
						    isdigit((unsigned char)at[i]));
		if (is_literal) {
			fprintf(out, "%s%.*s", between, (int)size, at);
			between = " ";
		}
		at += size + 1;
	}
}

/* Whether a form's first word has this alternative: "[FILE|NAME]" has FILE and NAME. */
static bool has_kind(const char *form, const char *kind)
{
	const char *end = form + strcspn(form, " ");

	while (form < end) {
		size_t size = strcspn(form += strspn(form, "[|"), "|] ");

		if (size == strlen(kind) && strncmp(form, kind, size) == 0)
			return true;
		form += size + (form + size < end);
	}
	return false;
}

static bool is_folder(const char *argument)
{
	return argument && strcmp(argument, "FOLDER") == 0;
}

static bool is_path(const char *argument)
{
	return is_folder(argument) || (argument && strcmp(argument, "FILE") == 0);
}

/* Text in single quotes, for every shell here. */
static void quoted_write(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	fputc('\'', out);
}

/* Names of options between spaces, all or only those with a value. */
static void names_write(FILE *out, const struct option_row *rows, size_t count, bool only_valued)
{
	for (size_t i = 0; i < count; i++) {
		if (!only_valued || rows[i].argument)
			fprintf(out, " %s", rows[i].name);
	}
}

/* -- bash ----------------------------------------------------------------------------- */

/* Functions of the script that ask the program, by what they are good for. */
static const struct {
	const char *kind, *function, *command, *member;
} TOLD[] = {
	{ "TOKEN", "_plimsoll_tokens", "markets", "symbol" },
	{ "NAME", "_plimsoll_names", "keys list", "name" },
	{ "ADDRESS", "_plimsoll_names", NULL, NULL }, /* a key's name is as good */
	{ "TO", "_plimsoll_names", NULL, NULL },
	{ "SPENDER", "_plimsoll_names", NULL, NULL },
};

/* The words of a form's first word, in double quotes. */
static void bash_choices(FILE *out, const char *form)
{
	const char *asked = "";

	fprintf(out, "\"");
	choices_write(out, form);
	for (size_t i = 0; i < ARRAY_COUNT(TOLD); i++) {
		if (!has_kind(form, TOLD[i].kind) || strcmp(TOLD[i].function, asked) == 0)
			continue;
		asked = TOLD[i].function;
		fprintf(out, " $(%s)", asked);
	}
	fprintf(out, "\"");
}

static void bash_functions(FILE *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(TOLD); i++) {
		if (TOLD[i].command)
			fprintf(out, "%s() { \"${COMP_WORDS[0]}\" %s --json 2>/dev/null | sed -n 's/.*\"%s\": \"\\([^\"]*\\)\".*/\\1/p'; }\n",
				TOLD[i].function, TOLD[i].command, TOLD[i].member);
	}
}

/* "command:--option) reply" for the values of one option. */
static void bash_value(FILE *out, const char *command, const struct option_row *row)
{
	if (!row->argument)
		return;
	fprintf(out, "\t%s:%s) ", command, row->name);
	if (is_folder(row->argument)) {
		fprintf(out, "COMPREPLY=($(compgen -d -- \"$word\"))");
	} else if (is_path(row->argument)) {
		fprintf(out, "COMPREPLY=($(compgen -f -- \"$word\"))");
	} else {
		fprintf(out, "COMPREPLY=($(compgen -W ");
		bash_choices(out, row->argument);
		fprintf(out, " -- \"$word\"))");
	}
	fprintf(out, "; return ;;\n");
}

/* Finds the command and how many words follow it, as the program itself does.  The line is split at blanks,
 * because bash's own COMP_WORDS are split at the colons of a URL and at = too; what it replaces in the end is
 * what stands behind the last of those. */
static void bash_begin(FILE *out)
{
	fprintf(out, "# plimsoll: completion for bash.  source <(plimsoll completion bash)\n");
	bash_functions(out);
	fprintf(out,
		"_plimsoll() {\n"
		"\tlocal line=${COMP_LINE:0:COMP_POINT} words word before command= count=0 files= i valued options choices\n"
		"\tread -ra words <<<\"$line\"\n"
		"\t[[ $line == *[[:blank:]] ]] && words+=('')\n"
		"\tword=${words[-1]} before=${words[-2]}\n"
		"\t[[ $word == --*=* ]] && before=${word%%%%=*} word=${word#*=}\n"
		"\tCOMPREPLY=()\n"
		"\tvalued='");
	names_write(out, COMMON_OPTIONS, COMMON_OPTION_COUNT, true);
	fprintf(out, " '\n"
		     "\tfor ((i = 1; i < ${#words[@]} - 1; i++)); do\n"
		     "\t\tcase ${words[i]} in\n"
		     "\t\t-*) [[ $valued == *\" ${words[i]} \"* ]] && ((i++)) ;;\n"
		     "\t\t*) if [[ -z $command ]]; then command=${words[i]}; else ((count++)); fi\n"
		     "\t\t\tcase $command in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fprintf(out, "\t\t\t%s) valued='", COMMANDS[i]->name);
		names_write(out, COMMON_OPTIONS, COMMON_OPTION_COUNT, true);
		names_write(out, COMMANDS[i]->options, COMMANDS[i]->option_count, true);
		fprintf(out, " ' ;;\n");
	}
	fprintf(out, "\t\t\tesac ;;\n\t\tesac\n\tdone\n");
}

/* "command:count) choices" for each word of a command's form. */
static void bash_words(FILE *out, const struct command *k)
{
	size_t count = 0;

	for (const char *at = k->words; *at; at += strcspn(at, " "), at += *at == ' ') {
		fprintf(out, "\t%s:%zu) choices=", k->name, count++);
		bash_choices(out, at);
		fprintf(out, "%s ;;\n", has_kind(at, "FILE") ? " files=1" : "");
	}
}

static void bash_write(FILE *out)
{
	bash_begin(out);
	fprintf(out, "\tcase $command:$before in\n");
	for (size_t i = 0; i < COMMON_OPTION_COUNT; i++)
		bash_value(out, "*", &COMMON_OPTIONS[i]);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		for (size_t j = 0; j < COMMANDS[i]->option_count; j++)
			bash_value(out, COMMANDS[i]->name, &COMMANDS[i]->options[j]);
	}
	fprintf(out, "\tesac\n\toptions='");
	names_write(out, COMMON_OPTIONS, COMMON_OPTION_COUNT, false);
	fprintf(out, "' choices=\n\tcase $command in\n\t'') choices='");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "%s%s", i == 0 ? "" : " ", COMMANDS[i]->name);
	fprintf(out, "' ;;\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command *k = COMMANDS[i];

		fprintf(out, "\t%s) options+='", k->name);
		names_write(out, k->options, k->option_count, false);
		fprintf(out, "' ;;\n");
	}
	fprintf(out, "\tesac\n\tcase $command:$count in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		bash_words(out, COMMANDS[i]);
	fprintf(out, "\tesac\n"
		     "\tif [[ $word == -* ]]; then\n"
		     "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
		     "\telse\n"
		     "\t\tCOMPREPLY=($(compgen -W \"$choices\" -- \"$word\"))\n"
		     "\t\t[[ -n $files ]] && COMPREPLY+=($(compgen -f -- \"$word\"))\n"
		     "\tfi\n"
		     "}\n"
		     "complete -o filenames -F _plimsoll plimsoll\n");
}

/* -- zsh ------------------------------------------------------------------------------- */

/* A line of help inside of zsh's brackets, where [ ] : and \ are special. */
static void zsh_help(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
}

static void zsh_options(FILE *out, const struct option_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, " \\\n\t\t'%s[", rows[i].name);
		zsh_help(out, rows[i].help);
		fprintf(out, "]");
		if (rows[i].argument) {
			fprintf(out, ":%s:", rows[i].argument);
			if (is_path(rows[i].argument)) {
				fprintf(out, "_files%s", is_folder(rows[i].argument) ? " -/" : "");
			} else {
				fprintf(out, "(");
				choices_write(out, rows[i].argument);
				fprintf(out, ")");
			}
		}
		fprintf(out, "'");
	}
}

static void zsh_write(FILE *out)
{
	fprintf(out, "#compdef plimsoll\n"
		     "# plimsoll: completion for zsh.  plimsoll completion zsh > \"${fpath[1]}/_plimsoll\"\n"
		     "_plimsoll() {\n"
		     "\tlocal context state state_descr line\n"
		     "\ttypeset -A opt_args\n"
		     "\t_arguments -C");
	zsh_options(out, COMMON_OPTIONS, COMMON_OPTION_COUNT);
	fprintf(out, " \\\n\t\t'1:command:->command' '*::word:->words'\n"
		     "\tcase $state in\n\tcommand)\n\t\tlocal -a commands=(");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fprintf(out, "\n\t\t\t'%s:", COMMANDS[i]->name);
		zsh_help(out, COMMANDS[i]->summary);
		fprintf(out, "'");
	}
	fprintf(out, ")\n\t\t_describe command commands ;;\n\twords)\n\t\tcase $line[1] in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fprintf(out, "\t\t%s) _arguments", COMMANDS[i]->name);
		zsh_options(out, COMMON_OPTIONS, COMMON_OPTION_COUNT);
		zsh_options(out, COMMANDS[i]->options, COMMANDS[i]->option_count);
		fprintf(out, " \\\n\t\t'1:word:");
		if (has_kind(COMMANDS[i]->words, "FILE")) {
			fprintf(out, "_files");
		} else {
			fprintf(out, "(");
			choices_write(out, COMMANDS[i]->words);
			fprintf(out, ")");
		}
		fprintf(out, "' '*:file:_files' ;;\n");
	}
	fprintf(out, "\t\tesac ;;\n\tesac\n}\ncompdef _plimsoll plimsoll\n");
}

/* -- fish ------------------------------------------------------------------------------- */

static void fish_options(FILE *out, const char *condition, const struct option_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "complete -c plimsoll%s -l %s", condition, rows[i].name + 2);
		if (is_path(rows[i].argument)) {
			fprintf(out, " -r -F");
		} else if (rows[i].argument) {
			fprintf(out, " -x -a '");
			choices_write(out, rows[i].argument);
			fprintf(out, "'");
		}
		fprintf(out, " -d ");
		quoted_write(out, rows[i].help);
		fprintf(out, "\n");
	}
}

/* Whether this is the line's command, behind common options and their values; without a word, whether it has none yet. */
static void fish_function(FILE *out)
{
	fprintf(out, "function __plimsoll_at\n\tset -l command ''\n\tset -l is_value 0\n\tfor word in (commandline -opc)[2..-1]\n"
		     "\t\tif test $is_value = 1\n\t\t\tset is_value 0\n\t\t\tcontinue\n\t\tend\n"
		     "\t\tswitch $word\n\t\t\tcase");
	names_write(out, COMMON_OPTIONS, COMMON_OPTION_COUNT, true);
	fprintf(out, "\n\t\t\t\tset is_value 1\n\t\t\tcase '-*'\n\t\t\tcase '*'\n\t\t\t\tset command $word\n\t\t\t\tbreak\n"
		     "\t\tend\n\tend\n\ttest \"$command\" = \"$argv\"\nend\n");
}

static void fish_write(FILE *out)
{
	char condition[128];

	fprintf(out, "# plimsoll: completion for fish.  plimsoll completion fish | source\n");
	fish_function(out);
	fish_options(out, "", COMMON_OPTIONS, COMMON_OPTION_COUNT);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command *k = COMMANDS[i];

		fprintf(out, "complete -c plimsoll -n __plimsoll_at -f -a %s -d ", k->name);
		quoted_write(out, k->summary);
		snprintf(condition, sizeof condition, " -n '__plimsoll_at %s'", k->name);
		fprintf(out, "\ncomplete -c plimsoll%s%s -a '", condition, strstr(k->words, "FILE") ? "" : " -f");
		choices_write(out, k->words);
		fprintf(out, "'\n");
		fish_options(out, condition, k->options, k->option_count);
	}
}

/* -- the command ------------------------------------------------------------------------- */

static enum err completion(struct cli *c)
{
	static const struct {
		const char *name;
		void (*write)(FILE *out);
	} shells[] = { { "bash", bash_write }, { "zsh", zsh_write }, { "fish", fish_write } };
	char *script = NULL;
	size_t size = 0;
	FILE *out;

	for (size_t i = 0; i < ARRAY_COUNT(shells); i++) {
		if (strcmp(shells[i].name, cli_word(c, 0)) != 0)
			continue;
		out = open_memstream(&script, &size);
		if (!out)
			return fault_set(&c->why, ERR_FULL, FAULT_LOCAL, "out of memory");
		shells[i].write(out);
		fclose(out);
		if (c->is_json)
			cli_print_json(json_pack("{s:s, s:s}", "shell", shells[i].name, "script", script));
		else
			fputs(script, stdout);
		free(script);
		return OK;
	}
	return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL, "the shells are bash, zsh and fish, not %.40s",
			 cli_word(c, 0));
}

const struct command COMPLETION_COMMAND = {
	"completion",
	"bash|zsh|fish",
	1,
	1,
	completion,
	"what a shell needs to finish command lines",
	NULL,
	0,
	"completion bash > ~/.local/share/bash-completion/completions/plimsoll\n"
	"completion zsh > \"${fpath[1]}/_plimsoll\"\n"
	"completion fish > ~/.config/fish/completions/plimsoll.fish\n"
};
