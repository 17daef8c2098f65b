#ifndef ISOLDE_CAPTURE_H
#define ISOLDE_CAPTURE_H
/* Captures of Ethernet frames in files (by libpcap), as Wireshark writes and reads them. Internal to devices/. */
#include <stdbool.h>

/* Nothing here knows the time of day: stamps count frames, in microseconds, so that equal runs write equal files. */
struct capture;
/* A file to write. NULL after a message in error[256]. */
struct capture *capture_new(const char *path, char *error);
void capture_frame(struct capture *c, const void *frame, unsigned length);
/* False if the file could not be written as a whole. */
bool capture_free(struct capture *c);

struct frame {
	struct frame *next;
	unsigned length;
	unsigned char bytes[];
};
/* A copy, by malloc; NULL if there is no memory. */
struct frame *frame_new(const void *bytes, unsigned length);
void frames_free(struct frame *f);
enum { FRAMES_MAX = 65536 };
/* The frames of a pcap or pcapng file of Ethernet, in order, each cut to FRAME_MAX bytes; the caller frees them. False after a message in error[256]. */
bool capture_read(const char *path, struct frame **frames, char *error);
#endif
