#!/usr/bin/python3
"""What isolde disasm says of random rv64 encodings, against binutils' objdump: usage: objdump.py SEED COUNT.
Compared are mnemonics and operands as numbers and names; objdump's writing of .aq and .rl and its own names of CSRs are set aside."""
import random, re, subprocess, sys, os, tempfile

BASE = 0x80000000

def encodings(seed, count):
    rng = random.Random(seed)
    out = bytearray()
    for _ in range(count):
        kind = rng.random()
        if kind < 0.4:
            out += rng.getrandbits(16).to_bytes(2, "little")
        else:
            opcode = rng.choice([0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x1b, 0x3b, 0x0f, 0x73, 0x2f])
            word = rng.getrandbits(32) & ~0x7f | opcode
            if opcode in (0x33, 0x3b, 0x13, 0x1b) and rng.random() < 0.7:
                word &= ~0xfe000000 | rng.choice([0, 0x40000000, 0x02000000])
            out += word.to_bytes(4, "little")
    return bytes(out)

def ours(path):
    text = subprocess.run(["build/isolde", "disasm", "isa-specs/rv64.yaml", path, "--at", hex(BASE)], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        m = re.match(r"\t(\S+) ?(.*?) *# ([0-9a-f]+)$", line)
        if m and not m[1].startswith("."):
            yield int(m[3], 16), m[1], m[2]

def theirs(path):
    text = subprocess.run(["riscv64-linux-gnu-objdump", "-D", "-b", "binary", "-m", "riscv:rv64", "-M", "no-aliases", f"--adjust-vma={BASE:#x}", path],
                          capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        m = re.match(r" *([0-9a-f]+):\t([0-9a-f ]+?) *\t(\S+)(?:\t(.*))?$", line)
        if m:
            yield int(m[1], 16), m[3], re.sub(r" *(<.*>|#.*)$", "", m[4] or "")

def operands(text):
    """Numbers as numbers modulo 2^64, whatever they look like."""
    def number(m):
        return str(int(m[0], 0) % (1 << 64))
    return re.sub(r"(?<![\w.])-?(0x[0-9a-f]+|\d+)(?!\w)", number, text.replace(" ", ""))

def set_aside(name, text, other):
    """What objdump does not know or writes in another way: .aq and .rl; HINTs; CSRs that only one of the two has (numbers, or of the
    indirect-access and 32-bit extensions); reserved fields of fence.i that are to be ignored."""
    return (re.search(r"{(aq|rl)=", text) or other.startswith(".") or name in ("c.nop", "fence.i") or re.fullmatch(r"c.s\w\wi64", other)
            or (name.startswith("csrr") and re.search(r", (\d+|0x[0-9a-f]+),", text)))

def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        f.write(encodings(seed, count))
        f.flush()
        mine = {at: (name, text) for at, name, text in ours(f.name)}
        reference = {at: (name, text) for at, name, text in theirs(f.name)}
    same, different, seen = 0, [], set()
    for at, (name, text) in mine.items():
        other, other_text = reference.get(at, (".4byte", ""))
        if set_aside(name, text, other):
            continue
        if name == other and operands(text) == operands(other_text):
            same += 1
            seen.add(name)
        else:
            different.append(f"{at:x}: {name} {text} | {other} {other_text}")
    for line in different[:40]:
        print(line)
    print(f"{same} same, {len(different)} different, {len(seen)} mnemonics")

main()
