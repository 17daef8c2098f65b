#ifndef ISOLDE_REPORT_RECORDING_H
#define ISOLDE_REPORT_RECORDING_H
/* What the page and the terminal share about a recording (recording.schema.json). */
#include "html.h"

/* The state of "bare", "virtual" or "real" after step `at`; the caller owns it. */
json_t *recording_state(const json_t *recording, const char *machine, size_t at);
/* Names of what ever changes, without storage; mode, relocation and what is the host's first. A list; the caller owns it. */
json_t *recording_names(const json_t *recording);
/* Of a name (`X[3]`): its role, and how the map relates it: equal, mapped, composed, host. */
const char *recording_role(const json_t *recording, const char *name);
const char *recording_relation(const json_t *recording, const char *name);
/* The stations of a step's way: direct, trap, dispatcher, allocator, interpreter, guest. */
bool recording_passes(const json_t *step, const char *part);
/* The first step (from 1) after which bare and virtual machine differ; 0: none. */
size_t recording_difference(const json_t *recording);
#endif
