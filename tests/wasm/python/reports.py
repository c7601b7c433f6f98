import collections, csv, datetime, io, json, re, statistics, textwrap

text = "date,region,amount\n2026-01-05,north,120.50\n2026-01-06,south,80\n2026-02-01,north,99.99\n"
rows = list(csv.DictReader(io.StringIO(text)))
by_region = collections.defaultdict(float)
for row in rows:
    by_region[row["region"]] += float(row["amount"])
print(json.dumps(by_region, indent=2, sort_keys=True))
months = collections.Counter(datetime.date.fromisoformat(row["date"]).strftime("%b %Y") for row in rows)
print(months.most_common())
amounts = [float(row["amount"]) for row in rows]
print(f"{statistics.mean(amounts):.2f} {statistics.median(amounts):.2f} {statistics.stdev(amounts):.2f}")
out = io.StringIO()
writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
writer.writerow(["name", "note"])
writer.writerow(["a,b", 'say "hi"'])
print(out.getvalue())
log = """10.0.0.1 - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 512
10.0.0.2 - - [05/Jan/2026:10:00:01 +0000] "GET /b HTTP/1.1" 404 0
10.0.0.1 - - [05/Jan/2026:10:00:05 +0000] "POST /a HTTP/1.1" 500 12"""
pattern = re.compile(r'(?P<host>\S+) .*?\[(?P<time>[^]]+)\] "(?P<method>\w+) (?P<path>\S+)[^"]*" (?P<status>\d{3}) (?P<size>\d+)')
hits = [match.groupdict() for match in map(pattern.match, log.splitlines())]
print(collections.Counter(hit["status"] for hit in hits), {hit["host"] for hit in hits} == {"10.0.0.1", "10.0.0.2"})
when = datetime.datetime.strptime(hits[0]["time"], "%d/%b/%Y:%H:%M:%S %z")
print(when.isoformat(), when + datetime.timedelta(days=30, hours=5))
print(textwrap.fill("the quick brown fox jumps over the lazy dog " * 3, 40))
print(json.loads('{"a": [1, 2.5, null, true, "\\u00e9"]}'), json.dumps({"k": ("é", float("inf"))}))
print(re.sub(r"(\w+)@(\w+)\.com", r"\2 at \1", "me@site.com you@home.com"), re.split(r"[,;]\s*", "a, b;c"))
