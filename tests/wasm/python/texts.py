import calendar, difflib, html, html.parser, inspect, io, locale, pickle, pprint, shlex, time, timeit, traceback, unicodedata, unittest, urllib.parse, xml.etree.ElementTree as tree, zoneinfo, ast, shelve, tempfile, os

print(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1000000000)), calendar.monthrange(2024, 2), time.gmtime(0).tm_year)
print(urllib.parse.urlencode({"a": "x y", "b": "é"}), urllib.parse.urlparse("http://h:80/p;x?q=1#f").netloc, urllib.parse.quote("a/b c"))
print(html.escape("<a&'>"), html.unescape("&eacute;&lt;"), shlex.split("a 'b c' \"d\""), shlex.quote("it's"))
document = tree.fromstring("<r><i k='1'>x</i><i k='2'/></r>")
print([(item.get("k"), item.text) for item in document.iter("i")], tree.tostring(document))


class Links(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        if tag == "a":
            print(dict(attrs)["href"])


Links().feed('<p><a href="/one">1</a> <a href="/two">2</a>')
print("".join(difflib.unified_diff(["a\n", "b\n"], ["a\n", "c\n"], "x", "y")))
pprint.pprint({"key": list(range(30)), "other": {"nested": "x" * 60}})
print(pickle.loads(pickle.dumps({"a": (1, [2.5, None], {3})})), unicodedata.name("é"), unicodedata.normalize("NFD", "é").encode())
print(inspect.signature(lambda a, b=1, *c, d, **e: 0), ast.literal_eval("[1, {'a': (2,)}]"), ast.unparse(ast.parse("x = 1+2")))
try:
    {}["missing"]
except KeyError:
    print(traceback.format_exc().splitlines()[-1])


class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)

    def test_wrong(self):
        self.assertEqual(1 + 1, 3)


result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(Sums))
print(result.testsRun, len(result.failures), timeit.timeit("1+1", number=10) >= 0)
with shelve.open(os.path.join(tempfile.mkdtemp(), "shelf")) as shelf:
    shelf["key"] = [1, 2]
    print(shelf["key"])
