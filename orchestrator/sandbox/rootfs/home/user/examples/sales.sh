#!/bin/bash
# Units by region from a CSV file, with nothing but the shell: ./sales.sh [FILE]
declare -A units
{
    read -r _
    while IFS=, read -r _ region _ count _; do
        (( units[$region] += count ))
    done
} < "${1:-${0%/*}/sales.csv}"
for region in "${!units[@]}"; do
    printf '%-8s %6d\n' "$region" "${units[$region]}"
done | sort
