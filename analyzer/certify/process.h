#ifndef ISOLDE_PROCESS_H
#define ISOLDE_PROCESS_H

/* Runs a program (found in PATH), its output and messages into the file `output`, and waits. Its exit status, 128 + the signal that
 * ended it, or -1 if it could not be run. */
int process_run(const char *const *argv, const char *output);
#endif
