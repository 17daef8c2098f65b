#!/bin/sh
# The guests of emulator/guests/g3 on the bare machine and in virtual ones: what they print, which techniques are equivalent (held against what
# the analysis says of the theorems, cell by cell), and that no guest gets at anything that is not its own.
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=$PWD/build/isolde
guests=emulator/guests/g3
g3=isa-specs/g3.yaml
walk='--engine walk'

# console N FILE: what machine N of a run of several printed
console()
{
	awk -v wanted="--- machine $1 ---" '$0 == wanted { on = 1; next } on && /^---$/ { exit } on' "$2"
}

# --- the operating system: the same output everywhere, which is what its sources say ---
printf 'Welcome to g3.\nThis file is on the disk.\n' >"$TMP/motd"
sh $guests/mkdisk.sh "$TMP/disk" "$TMP/motd"
sh $guests/mkreplies.sh "$TMP/replies" 'yes, somebody is here'
cat >"$TMP/os" <<END
os: two programs, one processor
A: the file says:
$(cat "$TMP/motd")
A: done
B: A has ended, so the timer works
B: the answer is: yes, somebody is here
os: all programs have ended
END
world="--disk $TMP/disk --replies $TMP/replies"
# os NAME OPTIONS…
os()
{
	name=$1
	shift
	"$isolde" run $g3 $guests/os.s $world "$@" >"$TMP/out" 2>"$TMP/err"
	status "os-$name" 0 $?
	same "os-$name" "$TMP/os" "$TMP/out"
	sed 's/^isolde: switched off with 0, //' "$TMP/err" | head -n 1 >"$TMP/steps"
	[ -f "$TMP/os-steps" ] || cp "$TMP/steps" "$TMP/os-steps"
	same "os-$name-steps" "$TMP/os-steps" "$TMP/steps"
}
for engine in walk builtin native; do
	os "$engine" --engine $engine
	os "$engine-trap-and-emulate" --engine $engine --monitor trap-and-emulate
done
for technique in interpret hybrid patch paravirtual; do
	os $technique $walk --monitor $technique
done
for depth in 2 3; do
	for technique in trap-and-emulate hybrid interpret; do
		os "$technique-$depth" $walk --monitor $technique --depth $depth --memory 8192
	done
done
"$isolde" run $g3 $guests/os.s $world --engine walk --capture "$TMP/sent" >"$TMP/out" 2>&1
if od -An -c "$TMP/sent" | tr -d ' \n' | grep -q 'Isanybodythere?'; then pass; else fail "os: the frame that B sends is not in the capture"; fi

# --- every technique, in lockstep: a cell of the table is what the theorems say ---
# Theorem 1 holds: no difference under trap-and-emulate; else one, after an instruction that the theorem names. The same with Theorem 3 and hybrid, but for
# guests that use the instruction in supervisor mode only (-supervisor): those a hybrid monitor can run. Interpreting and patching always work.
sh tests/techniques.sh >"$TMP/table"
awk '
function split_at(from, to) { text = substr($0, from, to - from); sub(/ +$/, "", text); return text }
NR == 1 {
	t1 = index($0, "Theorem 1"); t3 = index($0, "Theorem 3"); i = index($0, "interpret")
	te = index($0, "trap-and-emulate"); h = index($0, "hybrid"); p = index($0, "patch"); next
}
function agrees(theorem, outcome,    names, n, k, found) {
	if (theorem == "holds") return outcome == "same"
	n = split(theorem, names, /[:, ]+/)
	for (k = 2; k <= n; k++) found = found || index(outcome, "at " names[k] " ") == 1
	return n >= 2 && found
}
{
	one = split_at(t1, t3); three = split_at(t3, i); supervisor = $1 ~ /-supervisor$/
	cells = split_at(i, te) " / " split_at(te, h) " / " split_at(h, p) " / " split_at(p, 999)
	good = split_at(i, te) == "same" && split_at(p, 999) == "same"
	good = good && agrees(one, split_at(te, h)) && agrees(supervisor ? "holds" : three, split_at(h, p))
	good = good && (one == "holds" || one ~ /^breaks: /) && (three == "holds" || three ~ /^breaks: /)
	print good ? "good" : "FAILED " $1 ": Theorem 1 " one ", Theorem 3 " three "; " cells
}' "$TMP/table" >"$TMP/cells"
for cell in $(grep -c '^good' "$TMP/cells"); do
	[ "$cell" = 0 ] || passed=$((passed + cell))
done
grep -q '^FAILED' "$TMP/cells" && fail "techniques: not what the theorems say" "$TMP/cells"
[ "$(($(wc -l <"$TMP/table") - 1))" = "$(($(ls $guests/critical/*.s | wc -l) + 1))" ] && pass || fail "techniques: rows are missing" "$TMP/table"
for spec in isa-specs/g3/*.yaml; do # every variation has its guest
	if [ -f "$guests/critical/$(basename "$spec" .yaml).s" ]; then pass; else fail "$spec: no guest uses its instruction"; fi
done

# A guest that calls its monitor can be run where none that does not can.
"$isolde" run isa-specs/g3/jrst1.yaml $guests/para.s $walk >"$TMP/bare" 2>/dev/null
"$isolde" run isa-specs/g3/jrst1.yaml $guests/para.s $walk --monitor paravirtual >"$TMP/out" 2>/dev/null
same paravirtual "$TMP/bare" "$TMP/out"
"$isolde" run isa-specs/g3/jrst1.yaml $guests/para.s $walk --monitor trap-and-emulate --limit 100K >"$TMP/out" 2>/dev/null
if cmp -s "$TMP/bare" "$TMP/out"; then fail "paravirtual: it runs without its monitor as well"; else pass; fi

# --- hostile guests ---
"$isolde" run $g3 $guests/hello.s $walk >"$TMP/hello" 2>/dev/null
for hostile in $guests/hostile/*.s; do
	name=$(basename "$hostile" .s)
	limit=30K
	case $name in *-everything) limit=200K ;; esac
	"$isolde" run $g3 "$hostile" $walk $world --memory 8192 --limit $limit >"$TMP/bare" 2>/dev/null
	if [ -s "$TMP/bare" ]; then pass; else fail "$name: says nothing"; fi
	for technique in trap-and-emulate hybrid; do
		# with two others beside it, each of which sees what it sees alone
		"$isolde" run $g3 "$hostile" $guests/hello.s $guests/os.s $walk $world --memory 8192 --limit $limit --monitor $technique --guard \
			>"$TMP/out" 2>&1
		console 0 "$TMP/out" >"$TMP/zero"
		console 1 "$TMP/out" >"$TMP/one"
		console 2 "$TMP/out" >"$TMP/two"
		same "$name-$technique" "$TMP/bare" "$TMP/zero"
		same "$name-$technique-hello" "$TMP/hello" "$TMP/one"
		same "$name-$technique-os" "$TMP/os" "$TMP/two"
		if grep -q 'resource control' "$TMP/out"; then fail "$name-$technique: resource control" "$TMP/out"; else pass; fi
		"$isolde" run $g3 "$hostile" $walk $world --memory 8192 --limit 30K --monitor $technique --lockstep >"$TMP/out" 2>&1
		status "$name-$technique-lockstep" 0 $?
	done
	"$isolde" run $g3 "$hostile" $walk $world --memory 8192 --limit $limit --monitor trap-and-emulate --depth 2 --guard >"$TMP/out" 2>"$TMP/err"
	same "$name-nested" "$TMP/bare" "$TMP/out"
done

# A monitor that composes relocation wrongly is caught, wherever the write goes: far away, or just beside the guest's storage.
for wrong in 'R.l = R.l + base' 'R.b = size + 1; R.l = R.l + base'; do
	printf 'kind: variation\nname: g3-wrong\ncomposition:\n  relocate(level, base, size): |\n    %s;\n' "$wrong" >"$TMP/wrong.yaml"
	for memory in 8192 8000; do
		"$isolde" run $g3 --overlay "$TMP/wrong.yaml" $guests/hostile/overflow.s $guests/hello.s $walk --memory $memory --monitor trap-and-emulate \
			--guard >"$TMP/out" 2>&1
		status "wrong-composition-$memory" 1 $?
		if grep -q 'resource control' "$TMP/out"; then pass; else fail "wrong-composition-$memory: nothing is said" "$TMP/out"; fi
	done
done

# A guest that changes what is the monitor's, by an instruction that does not trap, is stopped there.
# seized VARIATION WHAT
seized()
{
	"$isolde" run isa-specs/g3/$1.yaml $guests/critical/$1.s $walk --limit 100K --monitor trap-and-emulate >"$TMP/out" 2>&1
	status "seized-$1" 1 $?
	if grep -q "resource control: direct execution changed $2 of the machine below" "$TMP/out"; then pass; else fail "seized-$1" "$TMP/out"; fi
}
seized bound-decrease R.b
seized gate 'the mode'

# --- computing: the same numbers as another program's ---
python3 - >"$TMP/numbers" <<'END'
import zlib
n, composite, primes = 3000, [0] * 3000, 0
for i in range(2, n):
    primes += not composite[i]
    if not composite[i]:
        composite[2 * i::i] = [1] * len(composite[2 * i::i])
crc = zlib.crc32(b"".join(bit.to_bytes(4, "little") for bit in composite[:256]) * 100) ^ 0xffffffff
print("%08x\n%08x" % (primes, crc))
END
for options in '' '--monitor trap-and-emulate' '--monitor hybrid' '--monitor trap-and-emulate --depth 2 --memory 8192'; do
	"$isolde" run $g3 $guests/bench.s --engine builtin $options >"$TMP/out" 2>/dev/null
	same "bench $options" "$TMP/numbers" "$TMP/out"
	"$isolde" run $g3 $guests/trapbench.s --engine builtin $options >"$TMP/out" 2>/dev/null
	if [ "$(cat "$TMP/out")" = 'trapbench: done' ]; then pass; else fail "trapbench $options" "$TMP/out"; fi
done
finish
