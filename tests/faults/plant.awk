# Lists the faults (mode=list), or prints file NAME's parts: mode=file, mode=old, mode=new.
/^#/ && !name { next }
/^fault: / { name = substr($0, 8); part = ""; if (mode == "list") print name; next }
/^file: / { if (name == want && mode == "file") print substr($0, 7); next }
/^-/ { if (name == want && mode == "old") print substr($0, 2) }
/^\+/ { if (name == want && mode == "new") print substr($0, 2) }
