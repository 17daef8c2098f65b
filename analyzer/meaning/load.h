#ifndef ISOLDE_LOAD_H
#define ISOLDE_LOAD_H
/* From the YAML tree to struct isa. Internal to meaning/. */
#include "isa.h"

struct loader {
	struct isa *isa;
	struct arena *arena;
	struct diags *diags;
};

/* load_value.c: typed scalars, with a finding when the form is wrong. */
/* The scalar's text, or NULL after a finding. */
const char *value_text(struct loader *ld, const struct yaml *node, const char *what);
bool value_number(struct loader *ld, const struct yaml *node, u128 *value);
bool value_small(struct loader *ld, const struct yaml *node, unsigned least, unsigned most, unsigned *value);
bool value_bool(struct loader *ld, const struct yaml *node, bool *value);
/* One of `words` (NULL-terminated): its index, or -1 after a finding. */
int value_word(struct loader *ld, const struct yaml *node, const char *const *words);
/* A map, or NULL after a finding (NULL without one if `node` is NULL). */
struct yaml *value_map(struct loader *ld, struct yaml *node);
struct yaml *value_list(struct loader *ld, struct yaml *node);
/* The items of a list of texts, NULL-terminated; a single text counts as a list of one. */
const char **value_texts(struct loader *ld, struct yaml *node, unsigned *count);
/* The key that must be there. NULL after a finding. */
struct yaml *required(struct loader *ld, struct yaml *map, const char *key);
/* A finding for every key that is not in `keys`; a key that ends in `(` stands for all that begin so. */
void only_keys(struct loader *ld, const struct yaml *map, const char *const *keys);
void finding(struct loader *ld, enum diag_code code, const struct yaml *node, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
bool value_name(struct loader *ld, const struct yaml *key); /* an identifier */
/* `31-16`, `31|7|30-25`, in a container of `width` bits; false after a finding. */
bool value_location(struct loader *ld, const struct yaml *node, unsigned width, struct location *out);
/* The greatest bit number in a location; 0 after none. */
unsigned location_top(const struct yaml *node);
/* `Bits<N>`, an enumeration or a type's name. */
bool value_type(struct loader *ld, const struct yaml *node, unsigned *width, const struct enumeration **enumeration);

/* load_document.c: the merged tree of isa, parts, bases and overlays, whose names a NULL ends. */
struct yaml *load_document(struct loader *ld, const char *path, const char *const overlays[]);

/* load_family.c: replaces every family (`each:`) among the file's decoders and instructions by its members. */
void load_families(struct loader *ld, struct yaml *root);
/* The numbers among the attributes of the member that this entry is; NULL if it is none. */
struct constant *load_constants_of(struct loader *ld, struct yaml *node);

void load_names(struct loader *ld, struct yaml *root);       /* levels, causes, enums, constants, spaces, memory */
void load_state(struct loader *ld, struct yaml *root);       /* load_state.c */
void load_platform(struct loader *ld, struct yaml *root);    /* load_platform.c */
void load_instructions(struct loader *ld, struct yaml *root); /* load_encoding.c */
void load_scenarios(struct loader *ld, struct yaml *root);   /* load_scenario.c */
void load_expectations(struct loader *ld, struct yaml *root); /* load_expect.c; needs instructions and scenarios */
void load_assembly(struct loader *ld);                       /* load_assembly.c; needs the IR */
/* load_words.c: what `words:` has under this name, written out and with blanks between; NULL: nothing. A list of names of lists is these lists, one after
 * the other. The words mean nothing else, and numbers do not stand for them. */
const char *load_words(struct loader *ld, const char *name);
void load_mnemonics(struct loader *ld);                      /* load_mnemonic.c; needs load_assembly */
#endif
