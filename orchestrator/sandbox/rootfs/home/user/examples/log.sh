#!/bin/bash
# What a web server's log says: ./log.sh [FILE]
log=${1:-${0%/*}/access.log}
echo "requests: $(wc -l < "$log")"
echo "by status:"
cut -d'"' -f3 "$log" | cut -d' ' -f2 | sort | uniq -c | sort -k1,1nr -k2
echo "most asked for:"
cut -d'"' -f2 "$log" | cut -d' ' -f2 | sort | uniq -c | sort -k1,1nr -k2 | head -n 3
echo "busiest visitor: $(cut -d' ' -f1 "$log" | sort | uniq -c | sort -rn | head -n 1 | tr -s ' ')"
bytes=0
while read -r line; do
    bytes=$((bytes + ${line##* }))
done < "$log"
echo "bytes sent: $bytes"
