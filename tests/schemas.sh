#!/bin/sh
# The JSON Schemas: every description that Isolde reads, and what it writes, fits; wrong documents are refused.
# Needs python3-yaml and python3-jsonschema (Debian's), and build/isolde.
cd "$(dirname "$0")/.." || exit 2
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
HOME=$TMP NO_COLOR=1 /usr/bin/python3 - "$TMP" <<'END'
import copy, glob, json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
import jsonschema, yaml

TMP = sys.argv[1]
passed, failures = 0, []

def ok(what, good, why=""):
    global passed
    if good:
        passed += 1
    else:
        failures.append(what)
        print(f"FAILED: {what}{': ' + why if why else ''}")

# As Isolde reads scalars, and as YAML 1.2 has it: `no`, `on` and `y` are texts; booleans are true and false.
class Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:isolde,2026:int", re.compile(r"^(?:0o[0-7]+|[0-9]+|0x[0-9a-fA-F]+)$"), list("0123456789"))
def integer(loader, node):
    text = node.value
    return int(text, 16 if text.startswith("0x") else 8 if text.startswith("0o") else 10)
Loader.add_constructor("tag:isolde,2026:int", integer)

def read(path):
    with open(path, encoding="utf-8") as f:
        return yaml.load(f, Loader)

def schema(path):
    with open(path, encoding="utf-8") as f:
        s = json.load(f)
    try:
        jsonschema.Draft7Validator.check_schema(s)
        ok(path, True)
    except jsonschema.SchemaError as e:
        ok(path, False, e.message)
    return jsonschema.Draft7Validator(s, resolver=jsonschema.RefResolver("file://" + os.path.abspath(path), s))

isa = schema("isa-specs/schema/isa.schema.json")
check = schema("reports/check.schema.json")
explain = schema("reports/explain.schema.json")
schema("reports/evidence.schema.json")
prove = schema("reports/prove.schema.json")
advise = schema("reports/advise.schema.json")

def why_not(validator, document):
    e = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" if e else ""

def fits(validator, what, document):
    why = why_not(validator, document)
    ok(what, not why, why)

def refuses(validator, what, document):
    ok(f"{what} is not refused", bool(why_not(validator, document)))

# Both the schema and Isolde refuse the text; it is right before `old` becomes `new`.
def refuses_text(what, text, old, new):
    wrong = text.replace(old, new, 1)
    ok(f"{what}: the wrong document is the right one", wrong != text)
    refuses(isa, what, yaml.load(wrong, Loader))
    path = os.path.join(TMP, f"{re.sub('[^a-z]', '-', what)}.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(wrong)
    ok(f"{what}: isolde accepts it", isolde("check", path, "--no-cache").returncode == 4)

def isolde(*words):
    return subprocess.run(["build/isolde", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)

def result(words):
    done = isolde(*words)
    try:
        return words, done.returncode, json.loads(done.stdout)
    except ValueError:
        return words, done.returncode, None

def outputs(validator, commands, statuses=(0, 1, 3)):
    found = {}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for words, status, document in pool.map(result, commands):
            what = " ".join(words[:-1])
            ok(f"{what}: exit status {status}", status in statuses and document is not None)
            if document is not None:
                fits(validator, what, document)
                found[what] = document
    return found

# --- descriptions
shipped = [path for path in sorted(glob.glob("isa-specs/*.yaml") + glob.glob("isa-specs/*/*.yaml"))
           if not path.startswith("isa-specs/oracles/")] # known differences, no descriptions
ours = sorted(glob.glob("tests/isas/*.yaml"))
machines = []
for path in shipped + ours:
    document = read(path)
    fits(isa, path, document)
    if document.get("kind") != "part":
        machines.append(path)
ok("too few descriptions", len(shipped) >= 10 and len(ours) >= 10 and len(machines) >= 20)

# what Isolde refuses for an unknown key, or for a word that is none of the possible ones, the schema refuses too; but the type
# of a field may be any enumeration's name
keys = 0
for out in sorted(glob.glob("tests/broken/*.out")):
    path = out[:-4] + ".yaml"
    with open(out, encoding="utf-8", errors="replace") as f:
        said = re.search(re.escape(path) + ".*(is not a key here|is not one of the words that are possible here)", f.read())
    if said and "field-type" not in path:
        keys += 1
        refuses(isa, path, read(path))
ok("no broken description has an unknown key", keys > 0)

# --- wrong descriptions
RIGHT = """kind: isa
name: tiny
long_name: A tiny machine
bit_numbering: lsb0
fetch: {parcel: 16, first: left}
levels: [user, supervisor]
memory: {unit: 8, address: 16, endian: big, alignment: natural, misaligned: {load: Odd, store: Odd}}
causes: {Odd: 1, Gone: {value: 2, fault: true}, Privileged: {value: 3, privileged: true}}
constants: {WORD: 16}
types: {Word: Bits<WORD>}
spaces: {SPR: Bits<4>}
state:
  M: {type: Level, role: mode}
  P: {type: Word, role: pc}
  X: {type: Word, count: 4, role: general, zero: [0]}
  R:
    role: relocation
    length: 16
    fields:
      l: {location: 15-8, move: add}
      b: {location: 7-0, move: same, type: RW}
  S: {type: Word, role: control, address: 1, priv_mode: supervisor, writable: true}
inputs: {clock: {type: Word, role: timing}}
translate(level, va, access): |
  if (va[15:8] >= R.b) { raise(Cause::Gone); }
  return va + {R.l, 8'd0};
trap_entry(cause, pc, value): |
  set_mode(Level::supervisor);
  P = 16;
functions:
  void only(): |
    if (mode() != Level::supervisor) { raise(Cause::Privileged); }
instructions:
  get:
    encoding: {match: "000001 -- --------", variables: [{name: d, location: 9-8}, {name: i, location: 7-0, left_shift: 1, not: [3]}]}
    access: {user: always}
    operation(): |
      X[d] = X[d] + i + clock;
    expect: {class: unprivileged, kinds: [timing]}
  set:
    encoding: {match: "000010 -- 00000000", variables: [{name: d, location: 9-8}]}
    operation(): |
      only();
      S = X[d];
scenarios:
  one: {map: {supervisor: user, user: user}, host: {S: 0}, pass_through: [R.b], default: true, expect: [{theorem3: holds}, {instructions: [get], class: unprivileged, source: nobody}]}
"""
right = os.path.join(TMP, "right.yaml")
with open(right, "w", encoding="utf-8") as f:
    f.write(RIGHT)
fits(isa, "the right description", yaml.load(RIGHT, Loader))
done = isolde("check", right, "--no-cache")
ok(f"the right description: isolde refuses it: {done.stderr}", done.returncode in (0, 1))
WRONG = [
    ("unknown top key", "long_name:", "longname:"), ("unknown kind", "kind: isa", "kind: machine"), ("no kind", "kind: isa\n", ""),
    ("no name", "name: tiny\n", ""), ("a name that is none", "name: tiny", "name: 1tiny"), ("no levels", "levels: [user, supervisor]\n", ""),
    ("one level", "[user, supervisor]", "[user]"), ("levels in a word", "levels: [user, supervisor]", "levels: user"),
    ("unknown memory key", "endian:", "endianness:"), ("unknown endian", "endian: big", "endian: huge"),
    ("no memory unit", "unit: 8, ", ""), ("memory address too wide", "address: 16,", "address: 65,"), ("memory unit as text", "unit: 8", "unit: 8 bits"),
    ("natural without misaligned", ", misaligned: {load: Odd, store: Odd}", ""), ("unknown bit numbering", "lsb0", "lsb1"),
    ("unknown fetch key", "parcel:", "parcels:"), ("unknown fetch word", "first: left", "first: low"), ("cause without value", "value: 2, ", ""),
    ("boolean yes", "fault: true", "fault: yes"), ("boolean in quotes wrong", "default: true", "default: 1"), ("cause with a role", "fault: true", "role: pc"),
    ("type of a constant that is a list", "WORD: 16", "WORD: [16]"), ("type that is no type", "Word: Bits<WORD>", "Word: Bits<WORD"),
    ("wrong role", "role: mode", "role: modus"), ("no role", ", role: pc", ""), ("input with the role of state", "role: timing", "role: control"),
    ("unknown register key", "zero:", "zeros:"), ("zero is no list", "zero: [0]", "zero: 0"), ("count too large", "count: 4", "count: 4097"),
    ("count of none", "count: 4", "count: 0"), ("unknown field key", "move: add", "moves: add"), ("unknown move", "move: add", "move: shift"),
    ("no location", "location: 15-8, ", ""), ("wrong location", "15-8", "15:8"), ("unknown field type", "type: RW", "type: [RW]"),
    ("writable as number", "writable: true", "writable: 1"), ("input without role", ", role: timing", ""),
    ("translate without parentheses", "translate(level, va, access)", "translate"), ("trap entry misspelt", "trap_entry(", "trap_enter("),
    ("translate with four parameters", "va, access)", "va, access, more)"), ("function without parentheses", "void only()", "void only"),
    ("no operation", "operation(): |", "description: |"), ("operation as a plain key", "operation()", "operation"),
    ("operation with a parameter", "operation()", "operation(x)"), ("no match", 'match: "000001 -- --------", ', ""),
    ("wrong match", "000001", "00000x"), ("unknown variable key", "left_shift", "shift"), ("shift too far", "left_shift: 1", "left_shift: 65"),
    ("variable without location", ", location: 9-8", ""), ("unknown access word", "user: always", "user: mostly"),
    ("unknown class", "class: unprivileged", "class: sensitive"), ("unknown kind of sensitivity", "[timing]", "[time]"),
    ("unknown expect key", "class:", "klass:"), ("expectation of named instructions without source", ", source: nobody", ""),
    ("theorem of an instruction", "{instructions: [get], class: unprivileged", "{instructions: [get], theorem1: holds"), ("scenario in a scenario", "{theorem3: holds}", "{theorem3: holds, scenario: one}"), ("scenario without map", "map: {supervisor: user, user: user}, ", ""),
    ("empty map", "{supervisor: user, user: user}", "{}"), ("unknown scenario key", "pass_through", "pass"), ("host that is no number", "{S: 0}", "{S: [0]}"),
    ("instruction that is a text", "  set:\n", "  off: nothing\n  set:\n"),
]
for what, old, new in WRONG:
    refuses_text(what, RIGHT, old, new)
variation = yaml.load("kind: variation\nname: v\nof: tiny\ninstructions: {get: {long_name: Get}}\nstate: {S: {role: general}}\nremove: [functions]\n", Loader)
fits(isa, "a variation, which need not be whole", variation)
refuses(isa, "a variation of nothing", {k: v for k, v in variation.items() if k != "of"})
refuses(isa, "an incomplete part", {**variation, "kind": "part"})
refuses(isa, "a part that includes", {"kind": "part", "include": ["x.yaml"]})
refuses(isa, "a list", [])

# --- results
commands = [["check", path, "--no-cache", "--format=json"] for path in machines if not re.search("x86-64|masked", path)] # minutes
for path in ["isa-specs/g3.yaml", "isa-specs/g3/mfpi.yaml", "tests/isas/unpredictable.yaml", "tests/isas/spr-variants.yaml", "tests/isas/inputs.yaml"]:
    for option in ["--adversarial", "--processor", "--rlimit=1"]:
        commands.append(["check", path, "--no-cache", option, "--format=json"])
commands += [["check", "isa-specs/g3.yaml", "--no-cache", "--instruction=lpsw", "--format=json"],
             ["check", "isa-specs/rv64.yaml", "--no-cache", "--instruction=sret", "--format=json"],
             ["check", "isa-specs/g3.yaml", "--no-cache", "--instruction=add", "--certify", "--recheck", "--format=json"]]
checked = outputs(check, commands)
outputs(prove, [["prove", path, "--no-cache", "--format=json"] for path in machines if not re.search("rv64|x86|pdp10|m68", path)] +
        [["prove", "isa-specs/g3.yaml", "--no-cache", "--instruction=add", "--certify", "--recheck", "--format=json"]])
outputs(advise, [["advise", path, "--no-cache", "--format=json"] for path in ["isa-specs/g3.yaml", "isa-specs/g3/smode.yaml", "tests/isas/substitute.yaml"]])
for what, document in checked.items():
    some = "--instruction" in what
    ok(f"{what}: theorems", all(("theorem1" in p) != some for s in document["scenarios"] for p in s["profiles"]))
rows, seen = [], {"verdict": set(), "outcome": set(), "class": set()}
def gather(o):
    if isinstance(o, dict):
        for k in seen:
            if isinstance(o.get(k), str):
                seen[k].add(o[k])
    for x in o.values() if isinstance(o, dict) else o if isinstance(o, list) else ():
        gather(x)
for what, document in checked.items():
    gather(document)
    names = [i["name"] for i in document["scenarios"][0]["profiles"][0]["instructions"]]
    words = what.split()
    if len(words) == 3:
        few = names if words[1] == "isa-specs/g3.yaml" else [n for k, n in enumerate(names) if k % max(1, len(names) // 4) == 0]
        rows += [["explain", words[1], n, "--format=json"] for n in few]
explained = outputs(explain, rows, (0,))
ok("too few results", len(checked) >= 20 and len(explained) >= 50)
for k, wanted in {"verdict": {"proved", "refuted", "undecided", "vacuous"}, "outcome": {"done", "trap", "fault"},
                  "class": {"innocuous", "privileged", "critical", "traps", "undecided"}}.items():
    ok(f"no result shows the {k} {', '.join(sorted(wanted - seen[k]))}", wanted <= seen[k])

# --- wrong results
def changed(document, path, value, key=None):
    copied = copy.deepcopy(document)
    at = copied
    for step in path:
        at = at[step]
    if value is None:
        del at[key]
    else:
        at[key] = value
    return copied

sample = checked.get("check isa-specs/g3/mfpi.yaml --no-cache")
if sample:
    instructions = ["scenarios", 0, "profiles", 1, "instructions"]
    listed = sample["scenarios"][0]["profiles"][1]["instructions"]
    number, which = next((i, k) for i, row in enumerate(listed) for k, o in enumerate(row["obligations"])
                         if "witness" in o and "near_miss" in o["witness"])
    row = instructions + [number]
    obligation = row + ["obligations", which]
    run = obligation + ["witness", "runs", 0]
    for what, path, value, key in [
        ("a result with an unknown key", [], 1, "more"), ("a result without tool", [], None, "tool"), ("a result without scenarios", [], [], "scenarios"),
        ("options without rlimit", ["options"], None, "rlimit"), ("rlimit in hexadecimal", ["options"], "0x10", "rlimit"),
        ("theorem 3 left out", instructions[:-1], None, "theorem3"), ("one profile", ["scenarios", 0], sample["scenarios"][0]["profiles"][:1], "profiles"), ("profile 1975", instructions[:-1], "1975", "profile"),
        ("a theorem that is vacuous", instructions[:-1] + ["theorem1"], "vacuous", "verdict"), ("a class sensitive", row, "sensitive", "class"),
        ("privileged as a word", row, "yes", "privileged"), ("critical null", row, 0, "critical"), ("kinds with a class", row, ["critical"], "kinds"),
        ("a row without obligations", row, None, "obligations"), ("a row with both", row, [], "variants"), ("line as text", row, "7", "line"),
        ("a verdict true", obligation, "true", "verdict"), ("a proof with a witness", obligation, "proved", "verdict"),
        ("an obligation of no kind", obligation, "clock", "id"), ("a value as number", obligation + ["witness", "encoding"], 3, "bits"),
        ("a value without 0x", obligation + ["witness", "encoding"], "3f", "bits"), ("a value with capitals", obligation + ["witness", "encoding"], "0x3F", "bits"),
        ("a state with a number", obligation + ["witness", "state"], 0, "P"), ("no runs", obligation + ["witness"], [], "runs"),
        ("an outcome stopped", run, "stopped", "outcome"), ("a run without before", run, None, "before"),
        ("a near miss in a near miss", obligation + ["witness", "near_miss"], {}, "near_miss"),
        ("an expectation without agrees", ["expectations", 0], None, "agrees"), ("an expectation of a theorem that is proved", ["expectations", 0], "proved", "found"),
    ]:
        refuses(check, what, changed(sample, path, value, key))
    other = next(iter(explained.values()))
    refuses(explain, "a result of check as one of explain", sample)
    refuses(check, "a result of explain as one of check", other)
    for what, path, value, key in [("an explanation without operation", [], None, "operation"), ("an encoding with x", [], "01x", "encoding"),
                                   ("a line that matters maybe", ["operation", 0], "maybe", "matters"), ("a wrong class in explain", ["scenarios", 0, "profiles", 0, "instructions", 0], "no", "class")]:
        refuses(explain, what, changed(other, path, value, key))

print(f"schemas: {passed} passed, {len(failures)} failed")
sys.exit(bool(failures) or passed == 0)
END
