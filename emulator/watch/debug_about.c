/* Traps, devices, the monitor: what there is around the processor. */
#include <string.h>

#include "../../analyzer/text/yaml.h"
#include "../device.h"
#include "debugger.h"

/* --- traps --- */

static const char *cause_text(const struct isa *isa, const char *name)
{
	const struct yaml *text = yaml_peek(yaml_peek(yaml_peek(isa->root, "causes"), name), "description");

	return text && text->kind == YAML_SCALAR ? text->text : NULL;
}

static const struct cause *cause_of(const struct isa *isa, u128 value)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].value == value)
			return &isa->causes[i];
	return NULL;
}

static void why(struct debugger *d, const struct trap *t, const struct cause *c)
{
	const char *text = c ? cause_text(debug_machine(d)->isa, c->name) : NULL;

	if (text)
		fprintf(d->out, "  %s: %s\n", c->name, text);
	if (t->interrupt)
		fputs("  An interrupt: it came between two instructions; the address is that of the instruction that waits.\n", d->out);
	else if (t->fault)
		fprintf(d->out, "  A memory trap: the translation refused the address 0x%llx (translate shows what it does now).\n",
			(unsigned long long)t->value);
	else if (c && c->privileged)
		fputs("  A privileged instruction at a level that may not execute it.\n", d->out);
	else
		fputs("  The instruction itself raised it.\n", d->out);
}

void command_trap(struct debugger *d, const struct words *w)
{
	const struct machine *m = debug_machine(d);
	const struct trap *t = &m->trap;
	struct buf text = {0};

	(void)w;
	if (!m->trap_count) {
		fputs("Nothing has trapped yet.\n", d->out);
		return;
	}
	view_trap(&text, debug_view(d), t);
	fprintf(d->out, "%s\n", text.text);
	why(d, t, cause_of(m->isa, t->cause));
	if (d->culprit_of == m->trap_count)
		fprintf(d->out, "  The instruction there: %s\n", buf_text(&d->culprit));
	fprintf(d->out, "  It went to level %s. So far %llu traps, %llu of them interrupts.\n", m->isa->levels[t->target].name,
		(unsigned long long)m->trap_count, (unsigned long long)m->interrupt_count);
	buf_free(&text);
}

void command_where(struct debugger *d, const struct words *w)
{
	const struct machine *m = debug_machine(d);

	(void)w;
	debug_where(d);
	fprintf(d->out, "%llu steps, %llu instructions completed%s%s\n", (unsigned long long)m->steps, (unsigned long long)m->completed,
		machine_get(m, m->isa->waiting, 0) ? "; the processor waits" : "", m->off ? "; the machine is off" : "");
}

/* --- devices --- */

static void tell_lines(struct debugger *d, const struct device *device)
{
	for (unsigned i = 0; i < device->line_count; i++)
		fprintf(d->out, "    %s: %s%s\n", device->lines[i].wire->key, device->lines[i].wire->text,
			!strcmp(device->lines[i].wire->key, "clock") ? "" : device->lines[i].level ? " = 1" : " = 0");
}

void command_devices(struct debugger *d, const struct words *w)
{
	const struct machine *m = debug_machine(d);

	(void)w;
	for (const struct device *device = m->devices; device; device = device->next) {
		unsigned long long at = (unsigned long long)device->described->at;

		fprintf(d->out, "%-10s %-13s %s 0x%llx to 0x%llx, read %llu times, written %llu times\n", device->described->name,
			device->model->name, device->described->by_port ? "port" : "at", at, at + device->size - 1,
			(unsigned long long)device->reads, (unsigned long long)device->writes);
		tell_lines(d, device);
	}
	if (!m->devices)
		fputs("No devices.\n", d->out);
}

/* --- machines and monitors --- */

static void tell_causes(struct debugger *d, const struct efficiency *e)
{
	const struct isa *isa = debug_machine(d)->isa;

	for (unsigned i = 0; i < isa->cause_count; i++)
		if (e->by_cause[i])
			fprintf(d->out, "    %-26s %llu\n", isa->causes[i].name, (unsigned long long)e->by_cause[i]);
}

void command_monitor(struct debugger *d, const struct words *w)
{
	const struct monitor *monitor = session_monitor(d->session);
	const struct efficiency *e;

	(void)w;
	if (!monitor || d->chosen >= d->runnable) {
		fputs(monitor ? "This is the machine below the monitor.\n" : "There is no monitor: this is a bare machine.\n", d->out);
		return;
	}
	e = monitor_efficiency(monitor, d->chosen);
	fprintf(d->out, "%s, scenario %s: %llu instructions executed directly, %llu by interpreter routines\n", technique_name(monitor->technique),
		monitor->scenario->name, (unsigned long long)e->direct, (unsigned long long)e->interpreted);
	fprintf(d->out, "%llu traps to the monitor: %llu hidden from the guest; %llu traps reflected to it, %llu interrupts injected\n",
		(unsigned long long)e->traps, (unsigned long long)e->hidden, (unsigned long long)e->reflected, (unsigned long long)e->injected);
	tell_causes(d, e);
	if (monitor->violations)
		fprintf(d->out, "%llu violations of resource control: %s\n", (unsigned long long)monitor->violations, monitor->message);
}

void command_machine(struct debugger *d, const struct words *w)
{
	u128 number;

	if (w->count > 1 && (bits_parse(w->word[1], strlen(w->word[1]), &number) || number >= d->count)) {
		fprintf(d->out, "There is no machine '%s'.\n", w->word[1]);
		return;
	}
	if (w->count > 1)
		d->chosen = (unsigned)number;
	for (unsigned i = 0; i < d->count; i++)
		fprintf(d->out, "%s %u %s%s, level %s, pc 0x%llx\n", i == d->chosen ? "=>" : "  ", i, d->views[i]->m->name,
			i < d->runnable ? "" : " (below)", debug_machine(d)->isa->levels[machine_level(d->views[i]->m)].name,
			(unsigned long long)machine_pc(d->views[i]->m));
}
