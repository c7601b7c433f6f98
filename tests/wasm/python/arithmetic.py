import bisect, cmath, decimal, fractions, heapq, math, random, secrets, struct, uuid, base64, array, binascii

print(2**200, -7 // 2, -7 % 3, divmod(7, -2), pow(3, 100, 7), int("ff", 16), (12345678901234567890).bit_length())
print(0.1 + 0.2, round(2.5), round(1.005, 2), 1e300 * 1e10, float("nan") == float("nan"), 7 / 2, (0.75).as_integer_ratio())
decimal.getcontext().prec = 30
print(decimal.Decimal(1) / 7, decimal.Decimal("1.10") + decimal.Decimal("2.2"), fractions.Fraction(3, 4) + fractions.Fraction(1, 6))
print(math.factorial(30), math.comb(50, 6), math.isqrt(10**20), math.gcd(84, 36), math.hypot(3, 4), cmath.sqrt(-4))
random.seed(42)
print(random.random(), random.randint(1, 100), random.sample(range(50), 5), random.choice("abc"), random.gauss(0, 1))
heap = [5, 1, 4]
heapq.heapify(heap)
heapq.heappush(heap, 0)
print(heapq.nsmallest(2, heap), bisect.bisect([1, 3, 5], 4), len(secrets.token_hex(8)))
print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.UUID(int=5), uuid.uuid4().version)
print(base64.b64encode(b"\x00\xffhello"), binascii.hexlify(b"ab"), struct.pack("<IhB", 1, -2, 3), struct.unpack(">d", b"\x40\x09\x21\xfb\x54\x44\x2d\x18"))
print(array.array("i", [1, 2, 3]).tobytes(), bytes(range(5)).hex(":"), int.from_bytes(b"\x01\x00", "big"), math.fsum([0.1] * 10))
print(sorted({"b": 1, "a": 2}.items(), key=lambda kv: kv[1]), "%05.1f|%-5s|%x" % (3.14159, "ab", 255), "ß".upper(), "İ".lower().encode())
