#ifndef ISOLDE_MODELS_H
#define ISOLDE_MODELS_H
/* The device models; README.md is their manual. Internal to devices/. */
#include "../device.h"
#include "../engine.h"

extern const struct device_model console_model, disk_model, net_model, timer_model, power_model; /* one file each */
extern const struct device_model ns16550a_model, clint_model, plic_model, sifive_test_model, htif_model;
extern const struct device_model virtio_block_model, virtio_net_model;

enum { SECTOR = 512, FRAME_MAX = 1514 };

/* A frame from the outside; 0: none. */
static inline unsigned outside_receive(const struct machine *m, void *frame, unsigned room)
{
	const struct outside *o = m->outside;
	unsigned n = o && o->net_receive ? o->net_receive(o->context, frame, room) : 0;

	return n < room ? n : room;
}

/* The station's address of the n-th network device. */
static inline void station_address(unsigned number, unsigned char *bytes)
{
	static const unsigned char first[5] = {0x52, 0x54, 0x00, 0x12, 0x34};

	for (unsigned i = 0; i < 5; i++)
		bytes[i] = first[i];
	bytes[5] = (unsigned char)(0x56 + number);
}
#endif
