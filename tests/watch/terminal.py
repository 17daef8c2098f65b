"""The debugger on a terminal: completion, the last command again, Ctrl-C while a program runs and while none does. `ok` or `FAILED WHAT` per line."""
import os
import pty
import select
import sys
import time

isolde, image = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execv(isolde, [isolde, "run", "--engine", "walk", "--debug", "isa-specs/g3.yaml", image])


def until(*wanted, seconds=20):
    seen, end = b"", time.time() + seconds
    while not all(w in seen for w in wanted) and time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                break
    return seen


def check(what, typed, *wanted):
    os.write(terminal, typed)
    seen = until(*wanted)
    print("ok" if all(w in seen for w in wanted) else f"FAILED {what}: {seen!r}", flush=True)


until(b"(isolde) ")
check("completes a command", b"wher\t\n", b"0 steps, 0 instructions completed", b"(isolde) ")
check("completes a symbol", b"break sta\t\n", b"(isolde) ")
check("the breakpoint is there", b"break\n", b"0x10 <start>", b"(isolde) ")
check("an empty line is the last command", b"\n", b"0x10 <start>", b"(isolde) ")
check("deletes", b"delete\n", b"(isolde) ")
os.write(terminal, b"\3")
check("lives after Ctrl-C", b"level\n", b"=> supervisor", b"(isolde) ")
seen = b""
for n in range(40):  # until it runs, Ctrl-C does nothing, or takes away what was typed before the debugger has read it: then it is typed again
    if b"Interrupted." not in seen and n % 8 == 0:
        os.write(terminal, b"continue\n")
        seen += until(b"continue\r\n")
    if b"Interrupted." not in seen:
        os.write(terminal, b"\3")
        seen += until(b"Interrupted.", seconds=1)
print("ok" if b"Interrupted." in seen else f"FAILED Ctrl-C stops the program: {seen!r}")
check("ends", b"quit\n")
print("ok" if os.waitpid(pid, 0)[1] == 0 else "FAILED exit status")
