/* drat-check FORMULA PROOF: exit status 0 if the proof refutes the formula, 1 if not, 4 if a file cannot be read. */
#include "drat.h"

int main(int argc, char **argv)
{
	static const char *const words[] = {"verified", "refused", "unreadable"};
	FILE *formula = argc == 3 ? fopen(argv[1], "r") : NULL, *proof = argc == 3 ? fopen(argv[2], "r") : NULL;
	struct drat_result r;

	if (!formula || !proof) {
		fputs("usage: drat-check FORMULA PROOF, both readable files\n", stderr);
		return 4;
	}
	r = drat_check(formula, proof);
	printf("%s: %lu clauses, %lu lemmas, %lu checked%s%s\n", words[r.verdict], r.clauses, r.lemmas, r.checked,
	       r.verdict == DRAT_VERIFIED ? "" : ": ", r.verdict == DRAT_VERIFIED ? "" : r.why);
	fclose(formula);
	fclose(proof);
	return r.verdict == DRAT_VERIFIED ? 0 : r.verdict == DRAT_REFUSED ? 1 : 4;
}
