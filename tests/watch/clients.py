"""Clients of the stub for gdb that gdb is not: damaged packets, wild arguments, sudden ends. `ok NAME` or `FAILED NAME` per client."""
import random
import socket
import subprocess
import sys
import time

isolde, program, directory = sys.argv[1:]


def frame(text):
    data = text.encode() if isinstance(text, str) else text
    return b"$" + data + b"#%02x" % (sum(data) & 0xFF)


class Stub:
    def __init__(self, *options):
        self.path = f"{directory}/client{random.randrange(1 << 30)}"
        self.process = subprocess.Popen([isolde, "run", "--engine", "walk", "--gdb", self.path, *options, "isa-specs/rv64.yaml", program],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.process.stdout.readline()  # it waits
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(self.path)
        self.rest = b""

    def byte(self):
        if not self.rest:
            self.rest = self.socket.recv(65536)
            if not self.rest:
                raise EOFError
        first, self.rest = self.rest[:1], self.rest[1:]
        return first

    def acknowledgement(self):
        while (b := self.byte()) not in b"+-":
            pass
        return b

    def reply(self):
        while self.byte() != b"$":
            pass
        text = b""
        while (b := self.byte()) != b"#":
            text += b
        self.byte(), self.byte()
        try:
            self.socket.sendall(b"+")
        except OSError:
            pass  # after its last reply the stub leaves
        return text.decode()

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, text):
        self.send(frame(text))
        return self.reply()

    def end(self, wanted=0):
        self.socket.close()
        output = self.process.communicate(timeout=30)[0]
        if self.process.returncode != wanted:
            raise AssertionError(f"exit status {self.process.returncode}: {output[-2000:]}")


def damaged(s):
    s.send(b"garbage+++---$m0")  # a packet that never ends …
    s.send(b"#zz")  # … and its check sum is none
    assert s.acknowledgement() in b"+-"
    s.send(b"$?#00")
    while s.acknowledgement() != b"-":
        pass
    assert s.ask("?") == "T05thread:1;"


def too_long(s):
    s.send(frame("m" + "0" * 200000))
    assert s.acknowledgement() == b"-"
    assert s.ask("?") == "T05thread:1;"


ODD = ["", "m", "m,", "m0", "mffffffffffffffff,ffffffffffffffff", "m80000000,ffffffffffffffff", "M80000000,4:zz", "M80000000,8:00", "Mzz",
       "M0,4:00000000", "G", "G00", "Gzz", "p", "pffffffff", "pzz", "P", "P0", "P0=", "P0=0", "Pffff=00", "Z", "Z0", "Z0,", "Z0,80000000", "Z9,0,0", "z0,0,4",
       "vCont", "vCont;", "vCont;x", "vUnknown", "q", "qXfer:features:read:target.xml:", "qXfer:features:read:target.xml:ffffff,10",
       "qXfer:features:read:other.xml:0,10", "qRcmd,", "qRcmd,zz", "qRcmd,6", "qRcmd," + "68" * 1000, "Q", "H", "X80000000,1:a", "R00", "!"]


def odd(s):
    for text in ODD:
        answer = s.ask(text)
        while answer.startswith("O") and answer != "OK":
            answer = s.reply()
        assert answer in ("", "OK", "E01", "E14") or len(answer) > 3, (text, answer)
    assert s.ask("m80000000,4") not in ("", "E01", "E14")


def fuzz(s):
    r = random.Random(3)
    for _ in range(1500):
        text = bytes([r.choice(b"gGpPmMZzvqQHTs?X!")]) + bytes(r.choice(b"0123456789abcdef,:;=gGvqR") for _ in range(r.randrange(24)))
        answer = s.ask(text)
        while answer.startswith("O") and answer != "OK":
            answer = s.reply()
        assert not answer.startswith("W"), (text, answer)
    assert s.ask("?")[0] == "T"


def interrupted(s):
    assert s.ask("M80000000,4:6f000000") == "OK"  # j .
    s.send(frame("c"))
    time.sleep(0.3)
    s.send(b"\3")
    assert s.reply() == "T02thread:1;"
    assert s.ask("Z0,80000000,4") == "OK"
    s.send(frame("c"))
    assert s.reply().startswith("T05"), "stops at once, though the loop is at a breakpoint"


def slices(s):
    """The stub looks at its client every 10000 steps: a breakpoint that is reached just then counts."""
    for steps in (9998, 10000, 10002, 20000):
        assert s.ask("M80000000,10:" + "9382f2ff" + "e39e02fe" + "13000000" + "6f000000") == "OK"  # 0: addi t0, t0, -1; bnez t0, 0b; nop; j .
        assert s.ask("P20=0000008000000000") == "OK" and s.ask("P5=" + (steps // 2).to_bytes(8, "little").hex()) == "OK"
        assert s.ask("Z0,80000008,4") == "OK"
        assert s.ask("c") == "T05thread:1;", steps
        assert s.ask("p20") == "0800008000000000", steps


def nothing_there(s):
    program_counter = next(i for i in range(64) if s.ask(f"p{i:x}") == "0000008000000000")
    assert s.ask(f"P{program_counter:x}=0000000000000000") == "OK"
    answer = s.ask("s")
    assert answer == "T05thread:1;", answer  # an access fault, whose handler is nowhere as well
    assert s.ask("m0,4") == "E14"


def gone(s):
    s.send(frame("M80000000,4:6f000000") + frame("c"))
    time.sleep(0.2)


def half(s):
    s.send(b"$m8000")


def detached(s):
    s.send(frame("D"))
    assert s.reply() == "OK"


def killed(s):
    s.send(frame("k"))


def client(name, function, *options):
    try:
        s = Stub(*options)
        function(s)
        s.end()
        print("ok", name)
    except Exception as e:  # pylint: disable=broad-except
        print("FAILED", name, type(e).__name__, e)


for f in (damaged, too_long, odd, fuzz, interrupted, slices, nothing_there, gone, half, detached, killed):
    client(f.__name__, f)
client("odd, virtual", odd, "--monitor", "trap-and-emulate", "--start", "S")
client("interrupted, virtual", interrupted, "--monitor", "trap-and-emulate", "--start", "S")
