set confirm off
set pagination off
break sum
continue
printf "=a0 %x, a1 %d, mode %d\n", $a0, $a1, $mode
stepi
printf "=pc %x\n", $pc
set var ((int*)&table)[3] = 1000
delete
break after
continue
printf "=sum %d, satp %lx\n", $a0, $satp
set $pc = $pc + 4
printf "=pc %x\n", $pc
python
print("=monitor: " + gdb.execute("monitor machine", to_string=True).splitlines()[1][:20])
end
set $a0 = 5
set $pc = after
delete
continue
python
try:
    gdb.execute("info registers pc")
    print("=still there")
except gdb.error as e:
    print("=" + str(e))
end
