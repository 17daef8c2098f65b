/* Runs the tool on one file and reads its report. */
#define _POSIX_C_SOURCE 200809L
#include "crosscheck.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct tool {
    pid_t process;
    int output;
    char messages[512];         /* file that takes the tool's stderr */
    json_t *report;
};

static void become(const char *isolde, const char *file, const char *messages, int output)
{
    int errors = open(messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (errors < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
        _exit(127);
    execlp(isolde, isolde, "check", file, "--format", "json", "--no-cache", (char *)NULL);
    perror(isolde);
    _exit(127);
}

/* The tool works while the caller enumerates. */
struct tool *tool_start(const char *isolde, const char *file, const char *messages)
{
    struct tool *t = calloc(1, sizeof *t);
    int ends[2];
    if (!t || pipe(ends) != 0) {
        perror("crosscheck");
        exit(2);
    }
    snprintf(t->messages, sizeof t->messages, "%s", messages);
    fflush(stdout);
    t->process = fork();
    if (t->process < 0) {
        perror("crosscheck");
        exit(2);
    }
    if (t->process == 0) {
        close(ends[0]);
        become(isolde, file, messages, ends[1]);
    }
    close(ends[1]);
    t->output = ends[0];
    return t;
}

static void print_messages(const char *path)
{
    char line[512];
    FILE *f = fopen(path, "r");
    if (!f)
        return;
    while (fgets(line, sizeof line, f))
        fputs(line, stdout);
    fclose(f);
}

/* The exit status says whether the machine is virtualizable, which is not the question here; a signal is. */
bool tool_finish(struct tool *t)
{
    json_error_t error;
    int status;
    FILE *f = fdopen(t->output, "r");
    t->report = f ? json_loadf(f, 0, &error) : NULL;
    if (f)
        fclose(f);
    waitpid(t->process, &status, 0);
    if (t->report && WIFEXITED(status))
        return true;
    printf("the tool gave no report: %s, wait status 0x%x\n", t->report ? "it was killed" : error.text, (unsigned)status);
    print_messages(t->messages);
    return false;
}

void tool_free(struct tool *t)
{
    json_decref(t->report);
    free(t);
}

/* ---- The report -------------------------------------------------------------------------------- */

/* The element of an array of objects whose member `key` is the string `value`. */
static const json_t *member_with(const json_t *array, const char *key, const char *value)
{
    size_t k;
    const json_t *element;
    json_array_foreach(array, k, element) {
        const char *s = json_string_value(json_object_get(element, key));
        if (s && !strcmp(s, value))
            return element;
    }
    return NULL;
}

static bool read_truth(const json_t *j, enum truth *t)
{
    if (!j || !(json_is_boolean(j) || json_is_null(j)))
        return false;
    *t = json_is_null(j) ? NEVER : json_is_true(j) ? YES : NO;
    return true;
}

static bool read_kinds(const json_t *array, unsigned *kinds)
{
    size_t n;
    const json_t *element;
    if (!json_is_array(array))
        return false;
    *kinds = 0;
    json_array_foreach(array, n, element) {
        const char *s = json_string_value(element);
        unsigned k = 0;
        while (k < KINDS && s && strcmp(s, kind_names[k]))
            k++;
        /* in order, and each at most once */
        if (!s || k == KINDS || *kinds >> k)
            return false;
        *kinds |= 1u << k;
    }
    return true;
}

const char *tool_answer(const struct tool *t, const char *instruction, enum profile p, struct answer *a)
{
    const json_t *scenario = member_with(json_object_get(t->report, "scenarios"), "name", "paper");
    const json_t *profile = member_with(json_object_get(scenario, "profiles"), "profile", profile_name(p));
    const json_t *i = member_with(json_object_get(profile, "instructions"), "name", instruction);
    if (!i)
        return "no such instruction in the report";
    if (!json_is_false(json_object_get(i, "undecided")))
        return "undecided";
    if (!read_truth(json_object_get(i, "privileged"), &a->privileged) || !read_truth(json_object_get(i, "guarded"), &a->guarded))
        return "privileged or guarded is neither Boolean nor null";
    if (!read_kinds(json_object_get(i, "kinds"), &a->kinds) || !read_kinds(json_object_get(i, "user_kinds"), &a->user_kinds))
        return "kinds or user_kinds is not a list of kinds in their order";
    return NULL;
}
