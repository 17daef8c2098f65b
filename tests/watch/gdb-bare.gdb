set confirm off
set pagination off
printf "=pc %x\n", $pc
break sum
continue
printf "=stopped: a0 %x, a1 %d, t0 %d\n", $a0, $a1, $t0
stepi
stepi
printf "=pc %x: t1 %d\n", $pc, $t1
printf "=table %d %d %d %d\n", ((int*)&table)[0], ((int*)&table)[1], ((int*)&table)[2], ((int*)&table)[3]
set var ((int*)&table)[1] = 100
printf "=mstatus %lx, mode %d, misa %lx\n", $mstatus, $mode, $misa
delete
tbreak after
continue
printf "=sum %d, pc %x\n", $a0, $pc
watch *(long*)&result
continue
printf "=watched: pc %x, result %d\n", $pc, *(long*)&result
delete
rwatch ((int*)&table)[2]
set $a0 = &table
set $a1 = 4
set $ra = after
set $pc = sum
continue
printf "=read: pc %x, a0 %x\n", $pc, $a0
delete
tbreak after
continue
set $a0 = 7
p $a0 = 9
tbreak end
continue
printf "=result %d, a0 %x\n", *(long*)&result, $a0
python
try:
    gdb.execute("x/4x 0", to_string=True)
    print("=wild: read")
except gdb.error as e:
    print("=wild: " + str(e))
print("=monitor: " + gdb.execute("monitor level", to_string=True).splitlines()[2])
end
disconnect
