#!/bin/bash
# The primes below a number, by the sieve of Eratosthenes: ./primes.sh [NUMBER]
limit=${1:-100}
for ((n = 2; n < limit; n++)); do
    [[ ${composite[n]} ]] && continue
    printf '%d ' "$n"
    for ((m = n * n; m < limit; m += n)); do composite[m]=1; done
done
echo
