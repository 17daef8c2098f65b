# Everything that reports are made of, and SARIF, against the schemas; and wrong documents, which they must refuse. For tests/reports.sh.
import copy, glob, json, os, sys
import jsonschema

OUT, TMP = os.environ["OUT"], os.environ["TMP"]
passed, failed = 0, 0

def ok(what, good, why=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}{': ' + why if why else ''}")

def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)

def schema(path):
    s = read(path)
    jsonschema.Draft7Validator.check_schema(s)
    return jsonschema.Draft7Validator(s, resolver=jsonschema.RefResolver("file://" + os.path.abspath(path), s))

def why_not(validator, document):
    e = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" if e else ""

def fits(validator, what, document):
    why = why_not(validator, document)
    ok(what, not why, why)

def refuses(validator, what, document, change):
    wrong = copy.deepcopy(document)
    change(wrong)
    ok(f"{what} is not refused", wrong != document and why_not(validator, wrong))

report, baseline, diff, recording, run = (schema(f"reports/{n}.schema.json") for n in ("report", "baseline", "diff", "recording", "run"))
sarif = schema("tests/browser/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")
books = {p: read(p) for p in sorted(glob.glob(f"{OUT}/*.json")) if not p.endswith(".baseline.json")}
ok("too few books", len(books) >= 3)
for p, book in books.items():
    fits(report, p, book)
for p in sorted(glob.glob(f"{OUT}/*.baseline.json")) + [f"{TMP}/baseline.json", f"{TMP}/empty.json"]:
    fits(baseline, p, read(p))
for p in sorted(glob.glob(f"{OUT}/*.sarif")):
    fits(sarif, p, read(p))
changes, recorded, table = read(f"{TMP}/diff.json"), read(f"{TMP}/recording.json"), read(f"{TMP}/run.json")
fits(diff, "diff", changes)
fits(recording, "recording", recorded)
fits(recording, "recording of hello", read(f"{TMP}/hello.json"))
fits(run, "run --monitor all", table)

book = books[f"{OUT}/g3-smode.json"]
refuses(report, "a book without check", book, lambda d: d.pop("check"))
refuses(report, "a role of its own", book, lambda d: d["machine"]["components"][0].update(role="special"))
refuses(report, "a finding of no rule", book, lambda d: d["findings"][0].update(rule="odd"))
refuses(baseline, "another baseline", read(f"{TMP}/baseline.json"), lambda d: d.update(baseline="isolde 2"))
refuses(diff, "a change that is worse maybe", changes, lambda d: d["changes"][0].update(worse="maybe"))
refuses(recording, "a way through nowhere", recorded, lambda d: d["steps"][0]["path"][0].update(part="nowhere"))
refuses(recording, "a value as a number", recorded, lambda d: d["start"]["bare"].update(P=0))
refuses(run, "a stop of no kind", table, lambda d: d["techniques"][0]["machines"][0].update(stop="tired"))
refuses(sarif, "SARIF with a level of its own", read(f"{OUT}/g3-smode.sarif"), lambda d: d["runs"][0]["results"][0].update(level="fatal"))

# What the record says is what the program did: the first difference is where lockstep sees it, the last state what the steps add up to.
differing = [n for n, s in enumerate(recorded["steps"]) if s["differs"]]
ok("the first difference is sie's", recorded["steps"][differing[0]]["text"] == "sie X1" and recorded["steps"][differing[0]]["differs"] == ["IE"])
ok("a trap passes the dispatcher", any([p["part"] for p in s["path"]][:2] == ["trap", "dispatcher"] for s in recorded["steps"]))
ok("hello prints", "".join(s["console"] for s in read(f"{TMP}/hello.json")["steps"]).startswith("Hello") or "".join(s["console"] for s in read(f"{TMP}/hello.json")["steps"]) != "")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
