/* Asks who has 10.0.2.2 (ARP, RFC 826), and sends that station echoes (ICMP, RFC 792). Returns how many came back. */
#include "user.h"

enum { TRIES = 64, DATA = 32 };

struct ethernet {
	unsigned char to[6], from[6], type[2];
};
struct arp {
	struct ethernet e;
	unsigned char hardware[2], protocol[2], sizes[2], operation[2], from[6], from_ip[4], to[6], to_ip[4], padding[18];
};
struct echo {
	struct ethernet e;
	unsigned char version, service, length[2], number[2], fragment[2], hops, protocol, ip_sum[2], from_ip[4], to_ip[4];
	unsigned char type, code, sum[2], identifier[2], sequence[2], data[DATA];
};

static const unsigned char own_ip[4] = {10, 0, 2, 15}, gateway[4] = {10, 0, 2, 2};
static unsigned char station[6], gateway_station[6];

static int same(const unsigned char *a, const unsigned char *b, unsigned n)
{
	while (n && *a == *b)
		a++, b++, n--;
	return !n;
}

static void put16(unsigned char *at, unsigned value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

/* The internet checksum (RFC 1071). */
static unsigned checksum(const unsigned char *bytes, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i += 2)
		sum += (unsigned)bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void address(struct ethernet *e, const unsigned char *to, unsigned type)
{
	memcpy(e->to, to, 6);
	memcpy(e->from, station, 6);
	put16(e->type, type);
}

static int ask(void)
{
	static const unsigned char everybody[6] = {255, 255, 255, 255, 255, 255};
	static struct arp a, answer;

	address(&a.e, everybody, 0x0806);
	put16(a.hardware, 1);
	put16(a.protocol, 0x0800);
	put16(a.sizes, 0x0604);
	put16(a.operation, 1);
	memcpy(a.from, station, 6);
	memcpy(a.from_ip, own_ip, 4);
	memcpy(a.to_ip, gateway, 4);
	call(CALL_SEND, PTR(&a), sizeof a, 0, 0);
	for (int i = 0; i < TRIES; i++) {
		call(CALL_RECEIVE, PTR(&answer), sizeof answer, 0, 0);
		if (answer.e.type[1] != 6 || answer.operation[1] != 2 || !same(answer.from_ip, gateway, 4))
			continue;
		memcpy(gateway_station, answer.from, 6);
		return 1;
	}
	return 0;
}

static void make_echo(struct echo *p, unsigned sequence)
{
	memset(p, 0, sizeof *p);
	address(&p->e, gateway_station, 0x0800);
	p->version = 0x45;
	put16(p->length, sizeof *p - sizeof p->e);
	p->hops = 64;
	p->protocol = 1;
	memcpy(p->from_ip, own_ip, 4);
	memcpy(p->to_ip, gateway, 4);
	put16(p->ip_sum, checksum(&p->version, 20));
	p->type = 8;
	put16(p->identifier, 0x150);
	put16(p->sequence, sequence);
	for (unsigned i = 0; i < DATA; i++)
		p->data[i] = (unsigned char)('a' + i % 26);
	put16(p->sum, checksum(&p->type, 8 + DATA));
}

static int echo(unsigned sequence)
{
	static struct echo p, answer;

	make_echo(&p, sequence);
	call(CALL_SEND, PTR(&p), sizeof p, 0, 0);
	for (int i = 0; i < TRIES; i++) {
		call(CALL_RECEIVE, PTR(&answer), sizeof answer, 0, 0);
		if (answer.e.type[1] == 0 && answer.protocol == 1 && answer.type == 0 && answer.sequence[1] == sequence)
			return checksum(&answer.type, 8 + DATA) == 0 && same(answer.data, p.data, DATA);
	}
	return 0;
}

int main(int times)
{
	int good = 0;

	call(CALL_STATION, PTR(station), 0, 0, 0);
	if (!ask())
		return -1;
	print("ping: 10.0.2.2 is at %d:%d:%d:%d:%d:%d\n", gateway_station[0], gateway_station[1], gateway_station[2], gateway_station[3],
	      gateway_station[4], gateway_station[5]);
	for (int i = 1; i <= times; i++)
		good += echo((unsigned)i);
	return good;
}
