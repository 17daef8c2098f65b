# The Markdown of each book says what the book says: verdicts, counts, squares, classes, state; and no text of a description adds a cell or
# a line. Read back without the writer's code. For tests/reports.sh: markdown.py DIRECTORY; prints what fails and `N passed, M failed`.
import glob, json, re, sys

passed, failed = 0, 0
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

def ok(what, good, why=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}{': ' + str(why)[:300] if why else ''}")

def same(what, found, wanted):
    ok(what, found == wanted, f"{found}, not {wanted}")

# A text as every sink shows it: on one line, control characters as what they are.
def shown(text):
    return HIDDEN.sub(lambda m: "\\u{%x}" % ord(m[0]), re.sub("[\n\t]", " ", text or "")).strip()

def unescaped(text):
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).strip()

# The table whose head is this: its rows as lists of cells; every row has as many as the head.
def table(what, lines, *head):
    for n, line in enumerate(lines):
        if line.startswith("|") and cells(line)[: len(head)] == list(head):
            rows = []
            for row in lines[n + 2 :]:
                if not row.startswith("|"):
                    break
                rows.append(cells(row))
            ok(f"{what}: cells", all(len(r) == len(cells(line)) for r in rows), [r for r in rows if len(r) != len(cells(line))])
            return rows
    ok(f"{what}: there is one", False)
    return []

def cells(line):
    return [unescaped(c) for c in re.split(r"(?<!\\)(?:\\\\)*\|", line.strip())[1:-1]]

def items(lines, title):
    if title not in lines:
        return []
    found = []
    for line in lines[lines.index(title) + 1 :]:
        if line and not line.startswith("- "):
            break
        if line:
            found.append(unescaped(line[2:]))
    return found

def named(rows, name):
    return next((r for r in rows if r["name"] == name), None)

HOLDS = {"proved": "✓ holds", "refuted": "✕ breaks", "undecided": "? undecided", "vacuous": "– vacuous"}
PROVED = {"proved": "✓ proved", "refuted": "✕ refuted", "undecided": "? undecided", "vacuous": "– vacuous"}
SHAPES = {"critical": "▲", "privileged": "■", "innocuous": "○", "traps": "◆", "undecided": "?"}
THEOREMS = ("theorem1", "theorem2", "theorem3")
STATEMENTS = (("equivalence", "equivalence"), ("resource control", "resource_control"), ("equivalence under a hybrid monitor", "hybrid"))

def part_of(lines, begins):
    starts = [n for n, line in enumerate(lines) if line.startswith("## ")]
    for n, at in enumerate(starts):
        if unescaped(lines[at]) == begins:
            return lines[at : starts[n + 1] if n + 1 < len(starts) else None]
    return []

def scenario(name, lines, check, prove):
    what = f"{name}, scenario {check['name']}"
    lines = part_of(lines, f"## Scenario {check['name']}")
    ok(what, lines)
    same(f"{what}: map", all(f"{v} → {r}, " in "\n".join(map(unescaped, lines)) for v, r in check["map"].items()), True)
    same(f"{what}: theorems", table(what, lines, "resources"),
         [[p["profile"]] + [HOLDS[p[t]["verdict"]] for t in THEOREMS] for p in check["profiles"]])
    theorem = prove["theorem"]
    same(f"{what}: proof", table(what, lines, "proved for this machine, instruction by instruction"),
         [[words, PROVED[theorem[key]["verdict"]]] + [str(theorem[key]["counts"][c]) for c in ("proved", "refuted", "undecided", "vacuous")] for words, key in STATEMENTS])
    same(f"{what}: follows", items(lines, "**What follows**"), [shown(t) for t in theorem["follows"]])
    for group in theorem["assumed"]:
        same(f"{what}: assumed, {group['group']}", items(lines, f"**{group['title']}**"), [shown(t) for t in group["items"]])
    broken = [s for s in prove["squares"] if s["verdict"] == "refuted"]
    same(f"{what}: squares", items(lines, "Squares that do not commute:"),
         ["**" + shown(s["instruction"]) + f"**, {s['level']} as {s['real_level']}" + (f", {s['variable']} in {s['values']}" if s.get("values") else "") + ": " +
          "; ".join(f"{d['place']}: {d['how']}" for d in s["differences"]) for s in broken])
    critical = [i["name"] for i in check["profiles"][-1]["instructions"] if i.get("critical")]
    same(f"{what}: what to change", [t.split("**: ")[0].strip("*") for t in items(lines, "What to change:")], [shown(n) for n in critical])
    for text in items(lines, "What to change:"):
        ok(f"{what}: what it does", "On the bare machine" in text and "leaves ;" not in text and "leaves ." not in text, text)
        ok(f"{what}: a repair", "Let it trap at " in text, text)

# Everything that is told of one critical instruction.
def critical(name, text, book, check, row):
    what = f"{name}: {row['name']} in {check['name']}"
    machine = named(book["machine"]["instructions"], row["name"])
    begin = next((p for p in text.split("\n### ")[1:] if unescaped(p.split("\n")[0]) == f"{shown(row['name'])} ({check['name']}): ▲ critical"), None)
    ok(what, begin)
    if not begin:
        return
    for kind in row["kinds"]:
        ok(f"{what}: {kind}", re.search(rf"^- \*\*{kind}-sensitive\*\*: \S", begin, re.M))
    for line in machine["operation"]:
        ok(f"{what}: line {line['line']}", f"\n{line['line']} {'>' if line['matters'] else ' '} {line['text']}".rstrip() in begin or HIDDEN.search(line["text"]), line["text"])
    for part in [row] + [v for v in row.get("variants", []) if v.get("critical")]:
        for o in part["obligations"]:
            if o["verdict"] == "refuted" and o.get("witness") and o["id"] != "traps":
                ok(f"{what}: {o['id']} with its witness", re.search(rf"^\*\*{o['id']}\*\* refuted: .*\n\n```\n *encoding {re.escape(o['witness']['encoding']['bits'])}", begin, re.M))

def instructions(name, lines, book):
    rows = table(f"{name}, instructions", part_of(lines, "## Instructions"), "instruction", "name")
    wanted = []
    for i in book["machine"]["instructions"]:
        row = [shown(i["name"]), shown(i.get("long_name"))]
        for s in book["check"]["scenarios"]:
            r = named(s["profiles"][-1]["instructions"], i["name"])
            row.append(f"{SHAPES[r['class']]} {r['class']}" + (": " + ", ".join(r["kinds"]) if r["kinds"] else ""))
        wanted.append(row)
    same(f"{name}, instructions", sorted(rows), sorted(wanted))

def state(name, lines, book):
    wanted = []
    for c in book["machine"]["components"]:
        writers = "programs" if c["role"] in ("general", "pc") else f"{len(c['written_by'])} instructions" if len(c["written_by"]) > 12 else ", ".join(map(shown, c["written_by"]))
        wanted.append([shown(c["name"]), c["role"], str(c["width"]), shown(c.get("description")), writers])
    same(f"{name}, state", table(f"{name}, state", part_of(lines, "## State"), "field", "role"), wanted)

for path in sorted(glob.glob(f"{sys.argv[1]}/*.md")):
    name = path.split("/")[-1][:-3]
    try:
        book = json.load(open(f"{path[:-3]}.json", encoding="utf-8"))
    except FileNotFoundError:
        continue
    text = open(path, encoding="utf-8").read()
    lines = text.split("\n")
    ok(f"{name}: no control character", not HIDDEN.search(text))
    for check in book["check"]["scenarios"]:
        scenario(name, lines, check, named(book["prove"]["scenarios"], check["name"]))
        for row in check["profiles"][-1]["instructions"]:
            if row.get("critical"):
                critical(name, text, book, check, row)
    instructions(name, lines, book)
    state(name, lines, book)
print(f"{passed} passed, {failed} failed")
