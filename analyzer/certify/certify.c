#include "certify.h"

#include "circuit.h"
#include "drat.h"
#include "process.h"
#include "reduce.h"

enum { PATH_ROOM = 4096, CADICAL_SATISFIABLE = 10, CADICAL_REFUTED = 20 };

const char *const certificate_names[] = {"checked", "folded", "satisfiable", "timeout", "refused", "failed"};

static bool write_clauses(const struct circuit *c, const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	circuit_write(c, out);
	return !fclose(out);
}

static enum certificate check_proof(const char *formula_path, const char *proof_path, struct certificate_size *size)
{
	FILE *formula = fopen(formula_path, "r"), *proof = fopen(proof_path, "r");
	enum certificate result = CERTIFICATE_FAILED;

	if (formula && proof) {
		struct drat_result r = drat_check(formula, proof);

		*size = (struct certificate_size){r.clauses, r.lemmas, r.checked};
		result = r.verdict == DRAT_VERIFIED ? CERTIFICATE_CHECKED : CERTIFICATE_REFUSED;
	}
	if (formula)
		fclose(formula);
	if (proof)
		fclose(proof);
	return result;
}

static enum certificate refute(const struct circuit *c, const char *directory, unsigned seconds, struct certificate_size *size)
{
	char formula[PATH_ROOM], proof[PATH_ROOM], output[PATH_ROOM], limit[20];
	const char *const argv[] = {"cadical", "-q", "--no-binary", "-t", limit, formula, proof, NULL};
	int status;

	if ((size_t)snprintf(formula, sizeof formula, "%s/formula.cnf", directory) >= sizeof formula - 4)
		return CERTIFICATE_FAILED;
	snprintf(proof, sizeof proof, "%s/proof.drat", directory);
	snprintf(output, sizeof output, "%s/output", directory);
	snprintf(limit, sizeof limit, "%u", seconds);
	if (!write_clauses(c, formula))
		return CERTIFICATE_FAILED;
	status = process_run(argv, output);
	if (status == CADICAL_REFUTED)
		return check_proof(formula, proof, size);
	return status == CADICAL_SATISFIABLE ? CERTIFICATE_SATISFIABLE : status ? CERTIFICATE_FAILED : CERTIFICATE_TIMEOUT;
}

enum certificate certify(const struct formula *f, const char *directory, unsigned seconds, struct certificate_size *size)
{
	struct circuit *c = circuit_new();
	enum certificate result = CERTIFICATE_FOLDED;

	*size = (struct certificate_size){0};
	reduce_formula(c, f);
	if (!c->contradiction)
		result = refute(c, directory, seconds, size);
	circuit_free(c);
	return result;
}
