#!/bin/bash
# A simple CSV file as a JSON array of objects: ./csv2json.sh [FILE]
jq -R -s -c '
    [split("\n")[] | select(. != "") | split(",")] |
    .[0] as $names |
    [.[1:][] | [$names, .] | transpose | map({(.[0]): .[1]}) | add]
' "${1:-${0%/*}/sales.csv}" | jq '.[:2]'
