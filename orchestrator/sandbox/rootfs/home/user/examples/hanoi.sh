#!/bin/bash
# The towers of Hanoi, by a function that calls itself: ./hanoi.sh [DISCS]
moves=0
move() { # how many, from, to, by way of
    (( $1 == 0 )) && return
    move $(($1 - 1)) "$2" "$4" "$3"
    echo "disc $1: $2 -> $3"
    (( moves += 1 ))
    move $(($1 - 1)) "$4" "$3" "$2"
}
move "${1:-3}" left right middle
echo "$moves moves"
