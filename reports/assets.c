/* Style and scripts of the pages, part of the program. The Makefile names the files that this one depends on. */
#include "html.h"

#define ASSET(name, file) \
	__asm__(".section .rodata\n.global " #name "\n.type " #name ", @object\n" #name ":\n.incbin \"reports/assets/" file "\"\n.byte 0\n.previous\n")

ASSET(asset_style, "page.css");
ASSET(asset_script, "page.js");
ASSET(asset_stepper, "stepper.js");
