#!/usr/bin/python3
"""What isolde disasm says of random encodings, against binutils' objdump (-M intel): usage: objdump-x86.py x86-32|x86-64 SEED COUNT [SHOWN].
Each encoding has a slot of its own that ends in NOPs, so that a difference in length shows and does not spread. Compared are lengths, mnemonics, and operands as
numbers and names. Set aside: what only one of the two decodes; what Isolde writes with all its variables, since GNU has one text for several encodings."""
import random, re, subprocess, sys, tempfile
from collections import Counter

SLOT, BASE = 32, 0x100000
LONG = sys.argv[1] == "x86-64"
ONE = [*range(0x00, 0x06), *range(0x08, 0x0e), *range(0x10, 0x16), *range(0x18, 0x1e), *range(0x20, 0x26), *range(0x28, 0x2e), *range(0x30, 0x36),
       *range(0x38, 0x3e), *range(0x40, 0x62), 0x63, *range(0x68, 0xa0), *range(0xa0, 0xd0), 0xd0, 0xd1, 0xd2, 0xd3, 0xd7, *range(0xe0, 0xf0), 0xf4, 0xf5, 0xf6,
       0xf7, *range(0xf8, 0x100), 0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f]
TWO = [0x00, 0x01, 0x02, 0x03, 0x06, 0x08, 0x09, 0x0b, 0x20, 0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x34, 0x35, *range(0x40, 0x50), *range(0x80, 0xb0), *range(0xb0, 0xb8),
       *range(0xba, 0xc2), 0xc7, *range(0xc8, 0xd0)]

def prefixes(rng):
    """Of each kind one at most; in 64-bit mode REX comes last, and FS and GS alone are segments."""
    one = bytearray()
    if rng.random() < 0.15:
        one.append(0x66)
    if rng.random() < 0.05:
        one.append(rng.choice([0x64, 0x65] if LONG else [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]))
    if LONG and rng.random() < 0.05:
        one.append(0x67)
    if LONG and rng.random() < 0.5:
        one.append(rng.choice([0x41, 0x44, 0x45, 0x48, 0x49, 0x4c, 0x4d, rng.randrange(0x40, 0x50)]))
    return one

def encodings(seed, count):
    rng = random.Random(seed)
    out = bytearray()
    for _ in range(count):
        one = prefixes(rng)
        one += bytes([0x0f, rng.choice(TWO)]) if rng.random() < 0.4 else bytes([rng.choice(ONE)])
        one += bytes(rng.choice([rng.getrandbits(8), rng.getrandbits(8) | 0xc0, rng.getrandbits(3)]) for _ in range(10))
        out += one + bytes([0x90] * (SLOT - len(one)))
    return bytes(out)

def slots(lines):
    """Of (address, text) in order: those that begin a slot, with their lengths."""
    lines = list(lines)
    return {at: (next_at - at, text) for (at, text), (next_at, _) in zip(lines, lines[1:]) if (at - BASE) % SLOT == 0}

def ours(path):
    text = subprocess.run(["build/isolde", "disasm", f"isa-specs/{sys.argv[1]}.yaml", path, "--at", hex(BASE)], capture_output=True, text=True, check=True).stdout
    return slots((int(m[2], 16), m[1]) for m in (re.match(r"\t(.*?) *# ([0-9a-f]+)$", line) for line in text.splitlines()) if m)

def theirs(path):
    text = subprocess.run(["objdump", "-D", "-b", "binary", "-m", "i386:x86-64" if LONG else "i386", "-M", "intel,intel64" if LONG else "intel", "--insn-width=16", f"--adjust-vma={BASE:#x}", path], capture_output=True,
                          text=True, check=True).stdout
    return slots((int(m[1], 16), m[2]) for m in (re.match(r" *([0-9a-f]+):\t[0-9a-f ]+\t(.*)$", line) for line in text.splitlines()) if m)

def plain(text, bits):
    """One way to write: numbers modulo 2^bits, [ ] around absolute addresses, no blanks."""
    text = re.sub(r" *(<.*>|#.*)$", "", text)
    text = re.sub(r"^([sl][gi]dt)[dw]", r"\1", text)        # sgdtd [eax]
    text = re.sub(r"^movabs", "mov", text)
    text = re.sub(r"(?<=\[[re]ip\+)0xf{8}[0-9a-f]{8}", lambda m: str(int(m[0], 16) - (1 << 64)), text).replace("ip+-", "ip-")
    text = re.sub(r"^xchg (eax, eax|rax, rax)$|^rex.W nop", "nop", text)
    text = re.sub(r"\b(ds:)(0x[0-9a-f]+)", r"[\2]", text)
    text = re.sub(r"\b([c-gs]s:)(0x[0-9a-f]+)", r"\1[\2]", text)
    text = re.sub(r"\bds:(\[0x)", r"\1", text)
    text = re.sub(r"(?<![\w.])-?(0x[0-9a-f]+|\d+)(?!\w)", lambda m: str(int(m[0], 0) % (1 << bits)), text)
    return text.replace(" ", "")

def widths(code):
    """Of numbers: 64 bits, 32 without REX.W, 16 with the other operand size."""
    rex = next((b for b in code if b not in (0x66, 0x67, 0x64, 0x65)), 0) if LONG else 0
    return [w for w, is_so in ((64, LONG), (32, not (rex >> 4 == 4 and rex & 8)), (16, 0x66 in code[:3])) if is_so]

def main():
    seed, count = int(sys.argv[2]), int(sys.argv[3])
    with tempfile.NamedTemporaryFile(suffix=".bin") as f:
        image = encodings(seed, count)
        f.write(image)
        f.flush()
        mine, reference = ours(f.name), theirs(f.name)
    same, aside, different, seen = 0, Counter(), [], set()
    for at in sorted(set(mine) | set(reference)):
        length, text = mine.get(at, (0, ".byte"))
        other_length, other = reference.get(at, (0, "(bad)"))
        code = image[at - BASE:at - BASE + 15]
        if text.startswith(".") or "(bad)" in other:
            aside["decoded by one" if text.startswith(".") != ("(bad)" in other) else "decoded by none"] += 1
        elif "{" in text:
            aside["written with all variables"] += 1
        elif length == other_length and any(plain(text, w) == plain(other, w) for w in widths(code)):
            same += 1
            seen.add(text.split()[0])
        else:
            different.append(f"{at:x}: {image[at - BASE:at - BASE + length].hex()} {text} | {other}")
    for line in different[:int(sys.argv[4]) if len(sys.argv) > 4 else 40]:
        print(line)
    print(f"{same} same, {len(different)} different, {len(seen)} mnemonics; set aside: {dict(aside)}")

main()
