/* The paper's argument itself, for every instruction set of the model at once: instruction, translation and map are uninterpreted. Each
 * obligation stands here with its text; its hypotheses are named, and dropped one at a time: a countermodel shows that it is needed.
 *
 * The model. A state is (g, m, r, c): g is what the program sees (general registers, program counter, and its memory as it sees it through
 * the relocation), m the mode (true: supervisor), r the relocation, c everything else that is privileged. Executing i comes to
 * exactly one of done, trap and fault. The map: f(g, m, r, c) = (g, user, comp(r), host). */
#include "analysis.h"

#include <stdlib.h>
#include <string.h>

/* Sorts are uninterpreted for a proof. A countermodel is looked for among those with two elements each, then four. */
static const char *const sorts[] = {"IGRCSV", "(declare-sort %c 0)\n", "(define-sort %c () (_ BitVec 1))\n", "(define-sort %c () (_ BitVec 2))\n"};
enum { SORTS_ANY = 1, SORTS_END = 4 };

static const char model_text[] =
	"(define-fun user () Bool false)\n(define-fun supervisor () Bool true)\n"
	"(declare-fun done (I G Bool R C) Bool)\n(declare-fun trap (I G Bool R C) Bool)\n(declare-fun fault (I G Bool R C) Bool)\n"
	"; the state after, if done\n"
	"(declare-fun ng (I G Bool R C) G)\n(declare-fun nm (I G Bool R C) Bool)\n(declare-fun nr (I G Bool R C) R)\n"
	"(declare-fun nc (I G Bool R C) C)\n"
	"; the state after trap entry, if not\n"
	"(declare-fun eg (I G Bool R C) G)\n(declare-fun em (I G Bool R C) Bool)\n(declare-fun er (I G Bool R C) R)\n"
	"(declare-fun ec (I G Bool R C) C)\n"
	"; what the trap leaves of g for the monitor, and what the monitor's interpreter routine makes of a virtual state\n"
	"(declare-fun left (I G Bool R C) G)\n"
	"(declare-fun ig (I G Bool R C) G)\n(declare-fun im (I G Bool R C) Bool)\n(declare-fun ir (I G Bool R C) R)\n"
	"(declare-fun ic (I G Bool R C) C)\n"
	"; the map\n(declare-fun comp (R) R)\n(declare-const host C)\n"
	"; a state and an instruction, any\n"
	"(declare-const i I) (declare-const g G) (declare-const m Bool) (declare-const r R) (declare-const c C)\n"
	"(assert (forall ((i I) (g G) (m Bool) (r R) (c C)) (and (or (done i g m r c) (trap i g m r c) (fault i g m r c))\n"
	"  (not (and (done i g m r c) (trap i g m r c))) (not (and (done i g m r c) (fault i g m r c)))\n"
	"  (not (and (trap i g m r c) (fault i g m r c))))))\n"
	"; one step of the bare machine: the instruction, or trap entry\n"
	"(define-fun sg ((i I) (g G) (m Bool) (r R) (c C)) G (ite (done i g m r c) (ng i g m r c) (eg i g m r c)))\n"
	"(define-fun sm ((i I) (g G) (m Bool) (r R) (c C)) Bool (ite (done i g m r c) (nm i g m r c) (em i g m r c)))\n"
	"(define-fun sr ((i I) (g G) (m Bool) (r R) (c C)) R (ite (done i g m r c) (nr i g m r c) (er i g m r c)))\n"
	"(define-fun sc ((i I) (g G) (m Bool) (r R) (c C)) C (ite (done i g m r c) (nc i g m r c) (ec i g m r c)))\n"
	"; the definitions of sensitivity: acting in a state, and disagreeing in two\n"
	"(define-fun acts ((i I) (g G) (m Bool) (r R) (c C)) Bool\n"
	"  (and (done i g m r c) (or (not (= (nm i g m r c) m)) (not (= (nr i g m r c) r)) (not (= (nc i g m r c) c)))))\n"
	"(define-fun disagrees ((i I) (g G) (m1 Bool) (r1 R) (c1 C) (m2 Bool) (r2 R) (c2 C)) Bool\n"
	"  (and (done i g m1 r1 c1) (done i g m2 r2 c2) (not (= (ng i g m1 r1 c1) (ng i g m2 r2 c2)))))\n"
	"(declare-fun sensitive (I) Bool)\n(declare-fun user-sensitive (I) Bool)\n"
	"(assert (forall ((i I) (g G) (m Bool) (r R) (c C)) (=> (acts i g m r c) (sensitive i))))\n"
	"(assert (forall ((i I) (g G) (m1 Bool) (r1 R) (c1 C) (m2 Bool) (r2 R) (c2 C))\n"
	"  (=> (disagrees i g m1 r1 c1 m2 r2 c2) (sensitive i))))\n"
	"(assert (forall ((i I) (g G) (r R) (c C)) (=> (acts i g user r c) (user-sensitive i))))\n"
	"(assert (forall ((i I) (g G) (r1 R) (c1 C) (r2 R) (c2 C)) (=> (disagrees i g user r1 c1 user r2 c2) (user-sensitive i))))\n"
	"; privileged: wherever it completes in supervisor mode, it traps (or faults) in user mode\n"
	"(define-fun privileged ((i I)) Bool (forall ((g G) (r R) (c C))\n"
	"  (=> (done i g supervisor r c) (or (trap i g user r c) (fault i g user r c)))))\n"
	"; one step of the real machine under the monitor, from f of a virtual state: direct, or the monitor interprets\n"
	"(define-fun direct () Bool (done i g user (comp r) host))\n"
	"(define-fun found () G (left i g user (comp r) host))\n"
	"(define-fun vg () G (ite direct (ng i g user (comp r) host) (ig i found m r c)))\n"
	"(define-fun vm () Bool (ite direct m (im i found m r c)))\n"
	"(define-fun vr () R (ite direct r (ir i found m r c)))\n"
	"(define-fun vc () C (ite direct c (ic i found m r c)))\n"
	"(define-fun kept () Bool (=> direct (and (= (nm i g user (comp r) host) user) (= (nr i g user (comp r) host) (comp r))\n"
	"  (= (nc i g user (comp r) host) host))))\n"
	"; the virtual state that the monitor holds is the bare machine's, and the real one is f of it\n"
	"(define-fun commutes () Bool (and kept (= vg (sg i g m r c)) (= vm (sm i g m r c)) (= vr (sr i g m r c)) (= vc (sc i g m r c))))\n";

/* Hypotheses, by name. */
static const struct hypothesis { const char *id, *text, *smt; } hypotheses[] = {
	{"not-control-sensitive", "it completes without changing mode, relocation or control",
	 "(assert (forall ((g G) (m Bool) (r R) (c C)) (not (acts i g m r c))))"},
	{"no-lost-trap", "what traps in the virtual machine does not complete in the real one (no trap depends on privileged state alone)",
	 "(assert (forall ((i I) (g G) (m Bool) (r R) (c C)) (=> (done i g user (comp r) host) (done i g m r c))))"},
	{"transparent-trap", "a trap leaves what the program sees as it was before the instruction",
	 "(assert (forall ((i I) (g G) (m Bool) (r R) (c C)) (= (left i g m r c) g)))"},
	{"interpreter", "the monitor's interpreter routines do what the bare machine does",
	 "(assert (forall ((i I) (g G) (m Bool) (r R) (c C)) (and (= (ig i g m r c) (sg i g m r c)) (= (im i g m r c) (sm i g m r c))\n"
	 "  (= (ir i g m r c) (sr i g m r c)) (= (ic i g m r c) (sc i g m r c)))))"},
	{"sensitive-privileged", "every sensitive instruction is privileged",
	 "(assert (forall ((i I)) (=> (sensitive i) (privileged i))))"},
	{"user-sensitive-privileged", "every user-sensitive instruction is privileged",
	 "(assert (forall ((i I)) (=> (user-sensitive i) (privileged i))))"},
	{"user-state", "the virtual machine is in user mode (in supervisor mode the hybrid monitor interprets)", "(assert (not m))"},
	{"not-location-sensitive", "moved, it gives the same result",
	 "(assert (forall ((g G) (m Bool) (r1 R) (r2 R) (c C)) (not (disagrees i g m r1 c m r2 c))))"},
	{"not-mode-sensitive", "in another mode, it gives the same result",
	 "(assert (forall ((g G) (m1 Bool) (m2 Bool) (r R) (c C)) (not (disagrees i g m1 r c m2 r c))))"},
	{"not-configuration-sensitive", "under other control settings, it gives the same result",
	 "(assert (forall ((g G) (m Bool) (r R) (c1 C) (c2 C)) (not (disagrees i g m r c1 m r c2))))"},
	{"commuting-step", "every single step commutes with the map",
	 "(declare-fun bare (Int) S) (declare-fun real (Int) V) (declare-fun f (S) V)\n"
	 "(assert (forall ((n Int)) (=> (= (real n) (f (bare n))) (= (real (+ n 1)) (f (bare (+ n 1)))))))"},
	{"related-start", "the virtual machine starts in the state that belongs to the bare machine's",
	 "(assert (= (real 0) (f (bare 0))))"},
	{"one-level", "the machine under the monitor does what the bare machine does, as seen through the map",
	 "(declare-fun step (S) S) (declare-fun run (S) S) (declare-fun inner (S) S) (declare-fun f (S) S)\n"
	 "(declare-const s S)\n(assert (forall ((s S)) (= (run (f s)) (f (inner s)))))"},
	{"no-timing", "a monitor does the same in a virtual machine as on the real one: it does not depend on time",
	 "(assert (forall ((s S)) (= (inner (f s)) (f (step s)))))"},
};

static const struct obligation {
	const char *id, *title, *text, *assumes; /* names of hypotheses */
	const char *claim;
} obligations[] = {
	{"lemma1", "Lemma 1", "An innocuous instruction that the real machine completes in f(S) completes in S, and leads to f of where it leads in S.",
	 "not-control-sensitive not-location-sensitive not-mode-sensitive not-configuration-sensitive no-lost-trap", "(=> direct commutes)"},
	{"lemma2", "Lemma 2", "An instruction that traps in f(S) is interpreted by the monitor, and leads to f of where it leads in S.",
	 "transparent-trap interpreter", "(=> (not direct) commutes)"},
	{"theorem1", "Theorem 1, the step", "If every sensitive instruction is privileged, each step of the virtual machine is the bare machine's, whether it is executed "
	 "directly or interpreted.", "sensitive-privileged no-lost-trap transparent-trap interpreter", "commutes"},
	{"theorem3", "Theorem 3, the step", "If every user-sensitive instruction is privileged, each step from virtual user mode is the bare machine's; steps from "
	 "virtual supervisor mode are interpreted.", "user-sensitive-privileged user-state no-lost-trap transparent-trap interpreter",
	 "commutes"},
	{"lemma3", "Lemma 3, the induction", "If the first states are related and every step commutes, there is no first step after which the states are not related.",
	 "commuting-step related-start", "(not (exists ((n Int)) (and (>= n 0) (not (= (real n) (f (bare n)))) "
	 "(forall ((k Int)) (=> (and (>= k 0) (< k n)) (= (real k) (f (bare k))))))))"},
	{"theorem2", "Theorem 2", "If the machine under a monitor does what the bare machine does, and a monitor does not depend on time, a monitor may run in a "
	 "virtual machine: the guest inside is equivalent too.", "one-level no-timing", "(= (run (f (f s))) (f (f (step s))))"},
};

static bool assumes(const struct obligation *o, const char *id)
{
	size_t n = strlen(id);

	for (const char *at = o->assumes; at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
		if (!strncmp(at, id, n) && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

enum { HYPOTHESES = sizeof hypotheses / sizeof *hypotheses, OBLIGATIONS = sizeof obligations / sizeof *obligations };

/* What a hypothesis declares stays, when what it says is dropped. */
static void declarations_of(struct buf *b, const char *smt)
{
	const char *assertion = strstr(smt, "(assert");

	buf_add(b, smt, assertion ? (size_t)(assertion - smt) : strlen(smt));
	buf_puts(b, "\n");
}

/* The negated claim under all hypotheses but number `without` (-1: all). */
static char *script(const struct obligation *o, int without, int sort)
{
	struct buf b = {0};

	buf_printf(&b, "; %s: %s\n", o->title, o->text);
	for (const char *name = sorts[0]; *name; name++)
		buf_printf(&b, sorts[sort], *name);
	buf_puts(&b, model_text);
	for (int h = 0; h < HYPOTHESES; h++) {
		if (!assumes(o, hypotheses[h].id))
			continue;
		if (h == without) {
			declarations_of(&b, hypotheses[h].smt);
			continue;
		}
		buf_printf(&b, "; %s: %s\n%s\n", hypotheses[h].id, hypotheses[h].text, hypotheses[h].smt);
	}
	buf_printf(&b, "; not the claim\n(assert (not %s))\n", o->claim);
	return b.text;
}

static enum answer ask_with(const struct obligation *o, int without, int sort, unsigned rlimit, char **model)
{
	char *text = script(o, without, sort);
	enum answer answer = solver_script(text, rlimit, model);

	free(text);
	return answer;
}

static enum verdict verdict_of(enum answer answer)
{
	return answer == ANSWER_UNSAT ? VERDICT_PROVED : answer == ANSWER_SAT ? VERDICT_REFUTED : VERDICT_UNDECIDED;
}

/* Without the hypothesis: a countermodel among small ones, else whatever any sorts give. */
static enum verdict ask_without(const struct obligation *o, int without, unsigned rlimit, char **model)
{
	for (int sort = SORTS_ANY + 1; sort < SORTS_END; sort++)
		if (ask_with(o, without, sort, rlimit, model) == ANSWER_SAT)
			return VERDICT_REFUTED;
	return verdict_of(ask_with(o, without, SORTS_ANY, rlimit, model));
}

static json_t *hypothesis_json(const struct obligation *o, int h, unsigned rlimit)
{
	char *model = NULL;
	enum verdict v = ask_without(o, h, rlimit, &model);
	json_t *j = json_pack("{s:s, s:s, s:s, s:b}", "id", hypotheses[h].id, "text", hypotheses[h].text, "without", verdict_names[v], "needed",
			      v == VERDICT_REFUTED);

	if (model)
		json_object_set_new(j, "countermodel", json_string(model));
	free(model);
	return j;
}

static json_t *obligation_json(const struct obligation *o, unsigned rlimit)
{
	json_t *j = json_object(), *list = json_array();
	char *text = script(o, -1, SORTS_ANY);
	enum verdict v = verdict_of(ask_with(o, -1, SORTS_ANY, rlimit, NULL));

	json_object_set_new(j, "id", json_string(o->id));
	json_object_set_new(j, "title", json_string(o->title));
	json_object_set_new(j, "statement", json_string(o->text));
	json_object_set_new(j, "verdict", json_string(verdict_names[v]));
	for (int h = 0; h < HYPOTHESES; h++)
		if (assumes(o, hypotheses[h].id))
			json_array_append_new(list, hypothesis_json(o, h, rlimit));
	json_object_set_new(j, "hypotheses", list);
	json_object_set_new(j, "smt2", json_string(text));
	free(text);
	return j;
}

json_t *theorem_result(unsigned rlimit)
{
	json_t *o = json_object(), *list = json_array();

	for (unsigned i = 0; i < OBLIGATIONS; i++)
		json_array_append_new(list, obligation_json(&obligations[i], rlimit));
	json_object_set_new(o, "obligations", list);
	return o;
}
