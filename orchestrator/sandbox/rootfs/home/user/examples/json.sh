#!/bin/bash
# Filters and groups with jq: ./json.sh [FILE]
file=${1:-${0%/*}/orders.json}
echo "unpaid:"
jq -r '.[] | select(.paid | not) | "  order \(.id) of \(.customer)"' "$file"
echo "spent by customer:"
jq -r 'group_by(.customer)[] | "  \(.[0].customer) \(map(.items[] | .price * .count) | add // 0)"' "$file"
echo "sold:"
jq -c '[.[].items[]] | group_by(.name) | map({name: .[0].name, count: (map(.count) | add)})' "$file"
