#!/bin/bash
# A list of things to do: ./todo.sh [add TEXT | done NUMBER | list]
set -euo pipefail
file=${TODO_FILE:-/tmp/todo.txt}
touch "$file"
case ${1:-list} in
add)
    shift
    printf '%s\n' "$*" >> "$file"
    ;;
done)
    mapfile -t lines < "$file"
    unset "lines[$2 - 1]"
    if ((${#lines[@]})); then printf '%s\n' "${lines[@]}" > "$file"; else : > "$file"; fi
    ;;
list) ;;
*)
    echo "usage: $0 [add TEXT | done NUMBER | list]" >&2
    exit 2
    ;;
esac
if [[ -s $file ]]; then nl -w2 -s'. ' "$file"; else echo "nothing to do"; fi
