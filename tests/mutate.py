#!/usr/bin/python3
"""Writes damaged copies of a file: mutate.py FILE DIRECTORY COUNT SEED. Copy n depends on the seed and n alone."""
import os, random, sys

def damage(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        at = rng.randrange(len(data)) if rng.random() < 0.5 else rng.randrange(min(len(data), 256))
        kind = rng.randrange(6)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del data[at:at + rng.choice([1, 1, 3, 40])]
        elif kind == 3:
            data[at:at] = data[at:at + rng.choice([1, 5, 60])]
        elif kind == 4:
            data[at:at + 8] = rng.choice([b"\xff" * 8, b"\0" * 8, (1 << 63).to_bytes(8, "little"), b"99999999", b"((((((((", b'"\'{}:,.#'])
        else:
            del data[at:]
        data = data or bytearray(b"\0")
    return data

source, directory, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
data = open(source, "rb").read()
end = os.path.splitext(source)[1]
for n in range(count):
    with open(os.path.join(directory, f"{n}{end}"), "wb") as f:
        f.write(damage(data, random.Random(f"{seed}/{source}/{n}")))
