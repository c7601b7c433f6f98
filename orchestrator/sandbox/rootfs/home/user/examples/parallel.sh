#!/bin/bash
# Jobs in the background, and their results in the order they were asked for.
work() { sleep "0.0$1"; echo "job $1 slept $1 hundredths"; }
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
for n in 3 1 2; do
    work "$n" > "$folder/$n" &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || echo "a job failed"; done
cat "$folder"/*
