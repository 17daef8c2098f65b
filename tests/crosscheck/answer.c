/* Answers in words. */
#include "classify.h"

const char *const kind_names[KINDS] = {"control", "location", "mode", "behaviour", "configuration", "timing", "device"};
const char *const truth_names[3] = {"false", "true", "null"};

const char *profile_name(enum profile p)
{
    return p == PROFILE_1974 ? "1974" : "extended";
}

unsigned kinds_reported(unsigned found)
{
    return found & (K_LOCATION | K_MODE) ? found & ~(unsigned)K_BEHAVIOUR : found;
}

static void print_kinds(FILE *out, unsigned kinds)
{
    const char *separator = "";
    putc('[', out);
    for (unsigned k = 0; k < KINDS; k++)
        if (kinds & 1u << k) {
            fprintf(out, "%s%s", separator, kind_names[k]);
            separator = ", ";
        }
    putc(']', out);
}

void answer_print(FILE *out, const struct answer *a)
{
    fprintf(out, "privileged %s, kinds ", truth_names[a->privileged]);
    print_kinds(out, a->kinds);
    fputs(", user_kinds ", out);
    print_kinds(out, a->user_kinds);
    fprintf(out, ", guarded %s", truth_names[a->guarded]);
}

bool answer_equal(const struct answer *a, const struct answer *b)
{
    return a->privileged == b->privileged && a->kinds == b->kinds && a->user_kinds == b->user_kinds && a->guarded == b->guarded;
}
