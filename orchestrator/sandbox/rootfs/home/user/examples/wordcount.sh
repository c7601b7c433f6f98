#!/bin/bash
# The most frequent words of a text: ./wordcount.sh [FILE] [HOW MANY]
file=${1:-${0%/*}/tide.txt}
tr -cs '[:alpha:]' '\n' < "$file" | tr '[:upper:]' '[:lower:]' | grep . | sort | uniq -c | sort -k1,1nr -k2 | head -n "${2:-5}"
