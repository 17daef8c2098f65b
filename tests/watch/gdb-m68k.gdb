set confirm off
set pagination off
printf "=pc %x, sp %x, ps %x, d0 %d, other_sp %x\n", $pc, $sp, $ps, $d0, $other_sp
break *0x1004
continue
stepi
printf "=pc %x, d0 %d, on the stack %x\n", $pc, $d0, *(int*)$sp
set $d1 = 100
delete
tbreak *0x1014
continue
printf "=pc %x, sum %d, %d, zero %d\n", $pc, $d1, *(short*)0x1022, ($ps >> 2) & 1
python
print("=" + gdb.execute("x/2i 0x1004", to_string=True).replace("\n", "; "))
end
continue
python
print("=exit code %s" % gdb.parse_and_eval("$_exitcode"))
end
