for path in /usr/local/bin/launch /usr/bin/tar /bin/sh /etc/passwd /usr/local/bin/owned /etc/ld.so.preload; do
    if (: >>$path) 2>/dev/null; then echo "breach-$AUDIT_MARKER may write $path"; fi
done
for path in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/vm/panic_on_oom /sys/fs/cgroup/memory.max; do
    if (: >>$path) 2>/dev/null; then echo "breach-$AUDIT_MARKER may write $path"; fi
done
