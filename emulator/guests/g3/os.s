# A small operating system for g3, with two programs that it runs.
#
#     isolde run isa-specs/g3.yaml emulator/guests/g3/os.s --disk os.disk --replies os.pcap
#
# (mkdisk.sh and mkreplies.sh beside this file make the two files.) It shows what such a system has to do with the few things that
# the machine of the paper gives it: a mode, a relocation-bounds register, and a trap that exchanges program status words.
#
# TRAPS. A program status word (PSW) is two words: mode, interrupt enable and program counter in the first, relocation base and bound in the
# second. When anything happens (an error, a supervisor call, the timer, a device), the machine puts the PSW of the moment into words 0 and 1 of
# storage and takes the one in words 2 and 3: one exchange, and the processor is in the kernel, in supervisor mode, with interrupts off, with
# the whole storage before it. `lpsw` goes the other way. Nothing else is saved: the general registers are the kernel's business.
#
# RELOCATION. Every address that a program uses is taken relative to R.l and refused from R.b on. The kernel runs with base 0, so that its
# addresses are real ones. Each program has a base of its own, and both believe that their storage begins at 0.
#
# WHAT THE OUTPUT DEPENDS ON. Not on time: program B waits, without any call of the system, for a word in its own storage that the kernel
# writes when A has ended. So only the timer can have given A the processor, and still the order of what is printed is always the same.

	.equ OLD,    0              # words 0, 1: the PSW of the moment of the trap; bits 23-16 of word 0 are the cause
	.equ NEW,    2              # words 2, 3: the PSW that a trap takes
	.equ INFO,   4              # the number of the svc, or the address that was refused

	.equ SUPERVISOR, 0x80000000 # in the first word of a PSW
	.equ ENABLED,    0x40000000
	.equ ALL,        0x0000ffff # second word of a PSW: base 0, the largest bound

	.equ CONSOLE, 0x00          # ports, as g3.yaml places the devices
	.equ DISK,    0x10          # + 0 sector, 1 address, 3 command, 4 status
	.equ NET,     0x20          # + 0 address, 1 length, 2 command, 3 status, 4 control, 5 received, 6 and 7 the station's address
	.equ POWER,   0x30

	.equ SLICE,    200          # steps that a program has before the next one's turn
	.equ PATIENCE, 200          # slices that `receive` waits for an answer

	.org OLD
	.word 0, 0
	.org NEW
	.word SUPERVISOR | trap, ALL
	.org INFO
	.word 0

# ---------------------------------------------------------------------------------------------------------------------------------
# Processes: what the kernel knows of each, PCB words long. The first 8 words: state, and X1 to X7 while it does not run.
	.equ STATE, 0
	.equ DEAD,    0
	.equ READY,   1
	.equ WAITING, 2             # for a frame from the network
	.equ IDLE,    3             # never chosen: runs when nobody else can
	.equ PSW,   8               # two words
	.equ BASE,  10              # its storage: real address and size
	.equ BOUND, 11
	.equ TICKS, 12              # slices that it goes on waiting; 0: it is not in the middle of `receive`
	.equ PCB,   16

	.equ PROCESSES, 2

	.org 0x10
pcbs:	.word READY, 0, 0, 0, 0, 0, 0, 0, ENABLED | start_b - B, B << 16 | SIZE, B, SIZE, 0, 0, 0, 0
	.word READY, 0, 0, 0, 0, 0, 0, 0, ENABLED | start_a - A, A << 16 | SIZE, A, SIZE, 0, 0, 0, 0
pcbs_end:
idler:	.word IDLE, 0, 0, 0, 0, 0, 0, 0, SUPERVISOR | ENABLED | rest, ALL, 0, 0, 0, 0, 0, 0

current:	.word idler             # whose registers the processor holds
turn:	.word pcbs_end - PCB        # who had the last turn
alive:	.word PROCESSES
code:	.word 0                     # the sum of all exit codes
saved:	.word 0                     # X7, for a moment
next:	.word 0, 0                  # the PSW that the kernel leaves with

# ---------------------------------------------------------------------------------------------------------------------------------
# The machine begins here: supervisor mode, interrupts off, R as large as it gets.
	.entry boot
boot:	addi X1, X0, hello
	jal  X6, print
	jal  X0, schedule

# Every trap comes here. No register is free yet: X0, which is always zero, makes it possible to save X7 at a fixed address, and with X7 free there
# is a place for the others.
trap:	store X7, X0, saved
	load X7, X0, current
	store X1, X7, 1
	store X2, X7, 2
	store X3, X7, 3
	store X4, X7, 4
	store X5, X7, 5
	store X6, X7, 6
	load X1, X0, saved
	store X1, X7, 7
	load X1, X0, OLD + 1        # the other half of the state: where it was, in which mode, with which storage
	store X1, X7, PSW + 1
	load X1, X0, OLD
	store X1, X7, PSW
	addi X2, X0, 16             # why? A jump into a table of jumps
	shr  X1, X1, X2
	addi X2, X0, 0xff
	and  X1, X1, X2
	jalr X0, X1, causes
causes:	jal  X0, panic              # 0: there is no such cause
	jal  X0, error              # 1 Illegal
	jal  X0, error              # 2 Privileged
	jal  X0, error              # 3 Memory
	jal  X0, call               # 4 Svc
	jal  X0, error              # 5 Overflow
	jal  X0, tick               # 6 Timer
	jal  X0, device             # 7 Device

# ---------------------------------------------------------------------------------------------------------------------------------
# Who is next? Round robin: the first that is ready, after the one that had the last turn.
schedule:
	load X1, X0, turn
	addi X2, X0, PROCESSES      # so many to look at
	addi X4, X0, READY
	addi X5, X0, pcbs_end
choose:	addi X1, X1, PCB
	bne  X1, X5, choose1
	addi X1, X0, pcbs           # after the last one, the first
choose1:	load X3, X1, STATE
	beq  X3, X4, chosen
	addi X2, X2, -1
	bne  X2, X0, choose
	addi X7, X0, idler          # nobody is ready
	jal  X0, switch
chosen:	store X1, X0, turn
	add  X7, X1, X0
switch:	store X7, X0, current
	addi X1, X0, SLICE          # the timer counts steps; when it has come to zero, we are asked again
	ldt  X1

# Give process X7 the processor. The PSW must be the last thing that is loaded, and X7 the last register.
resume:	load X1, X7, PSW
	store X1, X0, next
	load X1, X7, PSW + 1
	store X1, X0, next + 1
	load X1, X7, 1
	load X2, X7, 2
	load X3, X7, 3
	load X4, X7, 4
	load X5, X7, 5
	load X6, X7, 6
	load X7, X7, 7
	lpsw X0, next               # mode, interrupts, pc and relocation at once: from here on the program's own addresses count

# The idle process: in supervisor mode, because `idle` is privileged, and with interrupts on, because one of them is to end it.
rest:	idle
	jal  X0, rest

# ---------------------------------------------------------------------------------------------------------------------------------
# Interrupts

# The timer: a slice is over. Those who wait have waited a little longer.
tick:	addi X1, X0, pcbs
	addi X4, X0, WAITING
	addi X5, X0, pcbs_end
tick1:	load X2, X1, STATE
	bne  X2, X4, tick2
	load X2, X1, TICKS
	addi X2, X2, -1
	store X2, X1, TICKS
	bne  X2, X0, tick2
	addi X2, X0, READY          # no answer came: `receive` ends, with -1
	store X2, X1, STATE
	addi X2, X0, -1
	store X2, X1, 1
	load X2, X1, PSW
	addi X2, X2, 1
	store X2, X1, PSW
tick2:	addi X1, X1, PCB
	bne  X1, X5, tick1
	jal  X0, schedule

# A device: only the network's interrupt is ever enabled. It goes on until the frame has been taken, so it is switched off until then. All who
# wait for frames execute their `receive` again.
device:	out  X0, X0, NET + 4
	addi X1, X0, pcbs
	addi X3, X0, READY
	addi X4, X0, WAITING
	addi X5, X0, pcbs_end
device1:	load X2, X1, STATE
	bne  X2, X4, device2
	store X3, X1, STATE
device2:	addi X1, X1, PCB
	bne  X1, X5, device1
	jal  X0, schedule

# ---------------------------------------------------------------------------------------------------------------------------------
# A program did what it must not do: say so, and end it.
error:	load X1, X0, OLD
	blt  X1, X0, panic          # bit 31: it was in supervisor mode, and so it was one of us
	addi X1, X0, ended
	jal  X6, print
	load X1, X0, OLD
	addi X2, X0, 20             # cause and address: six digits
	jal  X6, digits
	addi X1, X0, 1
	store X1, X7, 1
	jal  X0, exit

panic:	addi X1, X0, broken
	jal  X6, print
	addi X1, X0, 255
	out  X1, X0, POWER

# ---------------------------------------------------------------------------------------------------------------------------------
# Supervisor calls: `svc n` with arguments in X1, X2, X3; the result comes back in X1, -1 if there is none. The saved program counter is that of the
# svc itself, which never completes: to go on after it is up to us.
	.equ EXIT,    0             # X1: exit code
	.equ WRITE,   1             # X1: characters, one per word; X2: how many.         Result: how many
	.equ READ,    2             # X1: a name of 16 words, zeros at the end; X2: where to; X3: room.  Result: characters
	.equ SEND,    3             # X1: characters; X2: how many, at most MESSAGE.      Result: 0
	.equ RECEIVE, 4             # X1: where to; X2: room. Waits for an answer.        Result: characters
	.equ YIELD,   5             # the others may go first
	.equ CALLS,   6

call:	load X2, X7, PSW
	addi X2, X2, 1
	store X2, X7, PSW
	load X1, X0, INFO
	addi X2, X0, CALLS
	blt  X1, X2, call1
	jal  X0, bad                # there is no such call
call1:	jalr X0, X1, calls
calls:	jal  X0, exit
	jal  X0, write
	jal  X0, read
	jal  X0, send
	jal  X0, receive
	jal  X0, schedule           # yield

# Ends of calls: with -1, or with X1 as the result.
bad:	addi X1, X0, -1
done:	store X1, X7, 1
	jal  X0, resume

# X1, X2: an address of process X7, and a number of words. X1 becomes the real address. The kernel has no bound: whatever a program says about its
# storage must be looked at before it is used. Whoever lies never comes back from here.
own:	load X3, X7, BOUND
	blt  X1, X0, bad            # blt compares with a sign: large numbers are negative
	blt  X2, X0, bad
	blt  X3, X1, bad
	blt  X3, X2, bad            # now the sum cannot overflow
	add  X4, X1, X2
	blt  X3, X4, bad
	load X3, X7, BASE
	add  X1, X1, X3
	jalr X0, X6, 0

exit:	load X1, X0, code
	load X2, X7, 1
	add  X1, X1, X2
	store X1, X0, code
	store X0, X7, STATE         # DEAD
	addi X3, X0, pcbs           # the first word of every process: somebody has ended
	addi X4, X0, pcbs_end
	addi X5, X0, 1
exit1:	load X2, X3, BASE
	store X5, X2, 0
	addi X3, X3, PCB
	bne  X3, X4, exit1
	load X1, X0, alive
	addi X1, X1, -1
	store X1, X0, alive
	bne  X1, X0, schedule
	addi X1, X0, bye            # the last one
	jal  X6, print
	load X1, X0, code
	out  X1, X0, POWER

write:	load X1, X7, 1
	load X2, X7, 2
	jal  X6, own
	add  X2, X1, X2             # the end
write1:	beq  X1, X2, write2
	load X3, X1, 0
	out  X3, X0, CONSOLE
	addi X1, X1, 1
	jal  X0, write1
write2:	load X1, X7, 2
	jal  X0, done

# ---------------------------------------------------------------------------------------------------------------------------------
# Files. The disk holds 4 characters in each word, the first in the highest bits; a sector is 128 words. Sector 0 is the directory: 16 entries of 8
# words: a name (4 words, zeros at the end), the first sector, the length in characters, and two words for later. A file's sectors follow each other.
read:	load X1, X7, 1
	addi X2, X0, 16
	jal  X6, own
	jal  X6, pack               # the name, as it stands in the directory
	store X2, X0, name
	jal  X6, pack
	store X2, X0, name + 1
	jal  X6, pack
	store X2, X0, name + 2
	jal  X6, pack
	store X2, X0, name + 3
	load X1, X7, 2              # where to
	load X2, X7, 3
	jal  X6, own
	store X1, X0, where
	add  X1, X0, X0
	jal  X6, sector
	addi X1, X0, buffer
	addi X4, X0, buffer + 128
look:	load X2, X1, 0
	load X3, X0, name
	bne  X2, X3, look1
	load X2, X1, 1
	load X3, X0, name + 1
	bne  X2, X3, look1
	load X2, X1, 2
	load X3, X0, name + 2
	bne  X2, X3, look1
	load X2, X1, 3
	load X3, X0, name + 3
	beq  X2, X3, found
look1:	addi X1, X1, 8
	bne  X1, X4, look
	jal  X0, bad                # no such file
found:	load X2, X1, 4
	store X2, X0, number
	load X1, X1, 5
	load X2, X7, 3              # not more than there is room
	blt  X1, X2, found1
	add  X1, X2, X0
found1:	store X1, X0, left
	store X1, X7, 1             # the result
found2:	load X2, X0, left           # sector after sector
	blt  X0, X2, found3
	jal  X0, resume
found3:	load X1, X0, number
	jal  X6, sector
	load X1, X0, number
	addi X1, X1, 1
	store X1, X0, number
	load X1, X0, left
	addi X2, X0, 512
	blt  X2, X1, found4
	add  X2, X1, X0             # the last one is not full
found4:	sub  X1, X1, X2
	store X1, X0, left
	addi X1, X0, buffer
	load X3, X0, where
	jal  X6, unpack
	store X3, X0, where
	jal  X0, found2

# Sector X1 into the buffer. The disk knows nothing of relocation: it writes storage at real addresses.
sector:	out  X1, X0, DISK + 0
	addi X1, X0, buffer
	out  X1, X0, DISK + 1
	addi X1, X0, 1
	out  X1, X0, DISK + 3
	in   X1, X0, DISK + 4
	addi X2, X0, 2              # did it fail?
	and  X1, X1, X2
	bne  X1, X0, bad
	jalr X0, X6, 0

# X2: the four characters that stand at X1, packed. X1 is moved on.
pack:	add  X2, X0, X0
	addi X3, X0, 8
	addi X4, X1, 4
pack1:	shl  X2, X2, X3
	load X5, X1, 0
	or   X2, X2, X5
	addi X1, X1, 1
	bne  X1, X4, pack1
	jalr X0, X6, 0

# X2 characters that are packed from X1 on go, one into each word, to X3 on. X3 is moved on.
unpack:	addi X7, X0, 0xff           # for a moment; `current` has it too
	addi X4, X0, 24
unpack1:	beq  X2, X0, unpack3
	load X5, X1, 0
	shr  X5, X5, X4
	and  X5, X5, X7
	store X5, X3, 0
	addi X3, X3, 1
	addi X2, X2, -1
	beq  X4, X0, unpack2
	addi X4, X4, -8
	jal  X0, unpack1
unpack2:	addi X4, X0, 24             # the next word
	addi X1, X1, 1
	jal  X0, unpack1
unpack3:	load X7, X0, current
	jalr X0, X6, 0

# ---------------------------------------------------------------------------------------------------------------------------------
# The network. A frame is 16 bytes of header and a message of characters: to everybody (6 bytes), from us (6), type 0x88b5 (for experiments), and
# the number of characters (2).
	.equ MESSAGE, 256
	.equ TYPE,    0x88b5

send:	load X1, X7, 1
	load X2, X7, 2
	jal  X6, own
	addi X3, X0, MESSAGE
	blt  X3, X2, bad
	add  X2, X1, X2
	store X2, X0, left          # here: the end
	addi X2, X0, frame + 4
	store X2, X0, where
send1:	load X2, X0, left           # the last word may take up to 3 characters too many: they are not sent
	blt  X1, X2, send2
	jal  X0, send3
send2:	jal  X6, pack
	load X3, X0, where
	store X2, X3, 0
	addi X3, X3, 1
	store X3, X0, where
	jal  X0, send1
send3:	addi X1, X0, -1             # now the header
	store X1, X0, frame
	lui  X1, 0xffff
	in   X2, X0, NET + 6
	or   X1, X1, X2
	store X1, X0, frame + 1
	in   X1, X0, NET + 7
	store X1, X0, frame + 2
	lui  X1, TYPE
	load X2, X7, 2
	or   X1, X1, X2
	store X1, X0, frame + 3
	addi X1, X0, frame          # a real address, as for the disk
	out  X1, X0, NET + 0
	addi X2, X2, 16
	out  X2, X0, NET + 1
	addi X1, X0, 1
	out  X1, X0, NET + 2
	in   X1, X0, NET + 3
	addi X2, X0, 2
	and  X1, X1, X2
	bne  X1, X0, bad
	jal  X0, done

# To wait inside the kernel would stop everybody. Instead the process sleeps with its program counter at the svc: when it is woken, it calls again,
# until there is a frame or its patience is at an end.
receive:	load X1, X7, 1
	load X2, X7, 2
	jal  X6, own
	store X1, X0, where
receive1:	in   X2, X0, NET + 5
	beq  X2, X0, sleep          # none yet
	addi X1, X0, frame
	out  X1, X0, NET + 0
	addi X1, X0, 16 + MESSAGE
	out  X1, X0, NET + 1
	addi X1, X0, 2
	out  X1, X0, NET + 2
	load X1, X0, frame + 3      # is it for us, and does it hold what it says?
	addi X3, X0, 16
	shr  X4, X1, X3
	lui  X5, TYPE
	shr  X5, X5, X3
	bne  X4, X5, receive1
	sub  X2, X2, X3             # bytes after the header
	shl  X1, X1, X3
	shr  X1, X1, X3             # characters
	blt  X2, X1, receive1
	addi X2, X0, MESSAGE
	blt  X2, X1, receive1
	load X2, X7, 2              # not more than there is room
	blt  X2, X1, receive2
	add  X2, X1, X0
receive2:	store X2, X7, 1
	store X0, X7, TICKS
	addi X1, X0, frame + 4
	load X3, X0, where
	jal  X6, unpack
	jal  X0, resume

sleep:	load X1, X7, PSW            # it will call again
	addi X1, X1, -1
	store X1, X7, PSW
	addi X1, X0, WAITING
	store X1, X7, STATE
	load X1, X7, TICKS          # not if it had been woken for nothing
	bne  X1, X0, sleep1
	addi X1, X0, PATIENCE
	store X1, X7, TICKS
sleep1:	addi X1, X0, 1              # the network may interrupt
	out  X1, X0, NET + 4
	jal  X0, schedule

# ---------------------------------------------------------------------------------------------------------------------------------
# Printing, for the kernel itself. X1: characters, with a zero at the end.
print:	load X2, X1, 0
	beq  X2, X0, print1
	out  X2, X0, CONSOLE
	addi X1, X1, 1
	jal  X0, print
print1:	jalr X0, X6, 0

# X1 in hexadecimal, from the digit at bit X2 on, and a new line.
digits:	addi X3, X0, 15
	shr  X4, X1, X2
	and  X4, X4, X3
	load X4, X4, figures
	out  X4, X0, CONSOLE
	addi X2, X2, -4
	blt  X2, X0, digits1
	jal  X0, digits
digits1:	addi X4, X0, '\n'
	out  X4, X0, CONSOLE
	jalr X0, X6, 0

figures:	.ascii "0123456789abcdef"
hello:	.asciz "os: two programs, one processor\n"
ended:	.asciz "os: a program was ended; trap and address "
broken:	.asciz "os: a trap in the kernel\n"
bye:	.asciz "os: all programs have ended\n"

# For one call at a time.
name:	.space 4
number:	.space 1
left:	.space 1
where:	.space 1

	.align 16
buffer:	.space 128                  # a sector
frame:	.space 4 + MESSAGE / 4

# ---------------------------------------------------------------------------------------------------------------------------------
# The programs. Each is written for a storage of SIZE words that begins at 0: its addresses are differences to the label at its beginning. Branches and
# jumps are relative anyway. The first word is written by the kernel when a program has ended.
	.equ SIZE, 0x400

# A reads a file and shows it.
	.org 0x800
A:	.word 0
start_a:	addi X1, X0, text_a1 - A
	addi X2, X0, text_a2 - text_a1
	svc  WRITE
	svc  YIELD
	addi X1, X0, file_a - A
	addi X2, X0, room_a - A
	addi X3, X0, A + SIZE - room_a
	svc  READ
	blt  X1, X0, failed_a
	add  X2, X1, X0
	addi X1, X0, room_a - A
	svc  WRITE
	svc  YIELD
	addi X1, X0, text_a2 - A
	addi X2, X0, text_a3 - text_a2
	svc  WRITE
	addi X1, X0, 0
	svc  EXIT
failed_a:	addi X1, X0, text_a3 - A
	addi X2, X0, file_a - text_a3
	svc  WRITE
	addi X1, X0, 1
	svc  EXIT
text_a1:	.ascii "A: the file says:\n"
text_a2:	.ascii "A: done\n"
text_a3:	.ascii "A: there is no such file\n"
file_a:	.ascii "motd"
	.space 12
room_a:                             # to the end of its storage

# B waits until A has ended, asks the network, and shows the answer.
	.org 0xc00
B:	.word 0
start_b:	load X1, X0, 0              # nobody is called here: without the timer, it would go on for ever
	beq  X1, X0, start_b
	addi X1, X0, text_b1 - B
	addi X2, X0, text_b2 - text_b1
	svc  WRITE
	addi X1, X0, text_b2 - B
	addi X2, X0, text_b3 - text_b2
	svc  SEND
	blt  X1, X0, failed_b
	addi X1, X0, room_b - B
	addi X2, X0, B + SIZE - room_b
	svc  RECEIVE
	blt  X1, X0, failed_b
	add  X5, X1, X0
	addi X1, X0, text_b3 - B
	addi X2, X0, text_b4 - text_b3
	svc  WRITE
	addi X1, X0, room_b - B
	add  X2, X5, X0
	svc  WRITE
	addi X1, X0, 0
	svc  EXIT
failed_b:	addi X1, X0, text_b4 - B
	addi X2, X0, room_b - text_b4
	svc  WRITE
	addi X1, X0, 2
	svc  EXIT
text_b1:	.ascii "B: A has ended, so the timer works\n"
text_b2:	.ascii "Is anybody there?\n"
text_b3:	.ascii "B: the answer is: "
text_b4:	.ascii "B: no answer\n"
room_b:
