set confirm off
set pagination off
printf "=pc %x, sp %x, eflags %x, cs %x\n", $pc, $sp, $eflags, $cs
stepi 3
set $again = $pc
stepi
printf "=called, sp %x, returns to %d behind the call's beginning\n", $sp, *(int*)$sp - (int)$again
set $eax = 100
tbreak *(*(int*)$sp)
continue
printf "=back, eax %d, ecx %d, fctrl %d\n", $eax, $ecx, $fctrl
python
print("=" + gdb.execute("x/2i $pc", to_string=True).replace("\n", "; "))
end
watch *(int*)0x101000
continue
printf "=sum %d\n", *(int*)0x101000
continue
python
print("=exit code %s" % gdb.parse_and_eval("$_exitcode"))
end
