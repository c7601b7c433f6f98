#!/bin/bash
# Rename many files by a rule, in a folder made for it.
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
touch "Photo 1.JPG" "Photo 2.JPG" notes.TXT "My Report.txt"
for old in *; do
    new=${old,,}
    new=${new// /-}
    [[ $old == "$new" ]] && continue
    mv -- "$old" "$new"
    echo "$old -> $new"
done
