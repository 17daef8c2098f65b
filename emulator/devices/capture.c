#include "capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models.h"

struct capture {
	pcap_t *handle;
	pcap_dumper_t *dumper;
	uint64_t frames;
};

enum { SNAPSHOT = 65535, MILLION = 1000000 };

struct capture *capture_new(const char *path, char *error)
{
	struct capture *c = calloc(1, sizeof *c);

	snprintf(error, 256, "out of memory");
	if (!c)
		return NULL;
	c->handle = pcap_open_dead(DLT_EN10MB, SNAPSHOT);
	c->dumper = c->handle ? pcap_dump_open(c->handle, path) : NULL;
	if (c->dumper)
		return c;
	if (c->handle)
		snprintf(error, 256, "%.250s", pcap_geterr(c->handle));
	capture_free(c);
	return NULL;
}

void capture_frame(struct capture *c, const void *frame, unsigned length)
{
	struct pcap_pkthdr header = {.caplen = length, .len = length};

	header.ts.tv_sec = (time_t)(c->frames / MILLION);
	header.ts.tv_usec = (suseconds_t)(c->frames++ % MILLION);
	pcap_dump((unsigned char *)c->dumper, &header, frame);
}

bool capture_free(struct capture *c)
{
	bool fine = true;

	if (c->dumper) {
		fine = !pcap_dump_flush(c->dumper) && !ferror(pcap_dump_file(c->dumper));
		pcap_dump_close(c->dumper);
	}
	if (c->handle)
		pcap_close(c->handle);
	free(c);
	return fine;
}

struct frame *frame_new(const void *bytes, unsigned length)
{
	struct frame *f = malloc(sizeof *f + length);

	if (!f)
		return NULL;
	f->next = NULL;
	f->length = length;
	memcpy(f->bytes, bytes, length);
	return f;
}

void frames_free(struct frame *f)
{
	while (f) {
		struct frame *next = f->next;

		free(f);
		f = next;
	}
}

/* 1: a frame, 0: the end, -1: a message. */
static int read_one(pcap_t *p, const char *path, struct frame **frame, char *error)
{
	struct pcap_pkthdr *header;
	const unsigned char *bytes;
	int found = pcap_next_ex(p, &header, &bytes);

	if (found == PCAP_ERROR_BREAK)
		return 0;
	if (found != 1) {
		snprintf(error, 256, "%.100s: %.150s", path, pcap_geterr(p));
		return -1;
	}
	*frame = frame_new(bytes, header->caplen < FRAME_MAX ? header->caplen : FRAME_MAX);
	if (*frame)
		return 1;
	snprintf(error, 256, "out of memory");
	return -1;
}

static bool read_all(pcap_t *p, const char *path, struct frame **frames, char *error)
{
	unsigned count = 0;
	int found;

	if (pcap_datalink(p) != DLT_EN10MB) {
		snprintf(error, 256, "%.200s: its frames are not Ethernet", path);
		return false;
	}
	while ((found = read_one(p, path, frames, error)) > 0) {
		frames = &(*frames)->next;
		if (++count > FRAMES_MAX) {
			snprintf(error, 256, "%.200s: more than %d frames", path, FRAMES_MAX);
			return false;
		}
	}
	return !found;
}

bool capture_read(const char *path, struct frame **frames, char *error)
{
	char why[PCAP_ERRBUF_SIZE];
	FILE *f = fopen(path, "rb");
	pcap_t *p = f ? pcap_fopen_offline(f, why) : NULL;
	bool fine;

	*frames = NULL;
	if (!p) {
		snprintf(error, 256, "%.100s: %.150s", path, f ? why : strerror(errno));
		if (f)
			fclose(f);
		return false;
	}
	fine = read_all(p, path, frames, error);
	pcap_close(p);
	if (!fine) {
		frames_free(*frames);
		*frames = NULL;
	}
	return fine;
}
