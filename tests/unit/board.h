#ifndef ISOLDE_BOARD_H
#define ISOLDE_BOARD_H
/* For the tests of devices: a machine of a description in a world that the test makes up, reached as a program reaches it. */
#include "unit.h"

#include "../../emulator/device.h"

enum { BOARD_SECTORS = 16 };

struct board {
	struct arena *arena;
	struct machine *m;
	struct outside outside;
	const char *input;              /* what has not been read; NULL: none and never again */
	bool more;                      /* after `input`, more may come */
	char output[256];
	size_t put;
	unsigned char disk[BOARD_SECTORS][512];
	bool disk_broken;
	unsigned char sent[4][2048];
	unsigned sent_length[4], sent_count;
	const char *frames[4];          /* that wait outside; text */
	unsigned frame_count;
	bool listens;
};

/* A machine of `path`; `overlay` may be NULL. The test fails if there is none. */
struct board *board_new(const char *path, const char *overlay);
void board_free(struct board *b);
/* A physical address, or a port; a device must be there. */
uint64_t board_read(struct board *b, bool port, uint64_t at, unsigned width);
void board_write(struct board *b, bool port, uint64_t at, unsigned width, uint64_t value);
/* The component of this name. */
uint64_t board_component(const struct board *b, const char *name);
/* Time passes. */
void board_pass(struct board *b, uint64_t steps);
#endif
