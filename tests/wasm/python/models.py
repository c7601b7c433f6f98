import abc, argparse, configparser, copy, dataclasses, enum, functools, io, itertools, logging, operator, string, sys, typing


class Level(enum.IntEnum):
    LOW = 1
    HIGH = enum.auto()


@dataclasses.dataclass(order=True)
class Task:
    name: str
    level: Level = Level.LOW
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)

    @property
    def title(self) -> str:
        return self.name.title()

    def __post_init__(self):
        if not self.name:
            raise ValueError("a task needs a name")


tasks = [Task("write", Level.HIGH), Task("read", tags=["a"])]
print(sorted(tasks), dataclasses.asdict(tasks[1]), dataclasses.replace(tasks[0], name="x").title)
try:
    Task("")
except ValueError as error:
    print(error)


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


try:
    Shape()
except TypeError as error:
    print("abstract class Shape" in str(error) or "class Shape without" in str(error))


@functools.lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(90), fib.cache_info())
print(list(itertools.islice(itertools.chain.from_iterable(zip("ab", itertools.count())), 4)))
print([list(group) for _, group in itertools.groupby("aabc")], functools.reduce(operator.mul, range(1, 6)))
parser = argparse.ArgumentParser(prog="tool", description="Does things.")
parser.add_argument("path", nargs="+")
parser.add_argument("-n", "--number", type=int, default=3, help="how many (default: %(default)s)")
parser.add_argument("--kind", choices=["a", "b"])
commands = argparse.ArgumentParser(prog="git")
sub = commands.add_subparsers(dest="command", required=True)
sub.add_parser("add").add_argument("file")
print(parser.parse_args(["x", "y", "-n", "5", "--kind", "b"]), commands.parse_args(["add", "f"]))
parser.print_help()
try:
    parser.parse_args(["x", "-n", "five"])
except SystemExit as end:
    print(end.code)
config = configparser.ConfigParser()
config.read_string("[server]\nhost = here\nport = 80\n[paths]\nroot = /srv\nlog = %(root)s/log\n")
print(config["server"].getint("port"), config["paths"]["log"], config.sections())
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
logging.getLogger("app").warning("careful %d", 3)
print(string.Template("$who is $what").substitute(who="she", what="here"), typing.get_type_hints(Task)["level"])


def describe(value):
    match value:
        case {"kind": "point", "at": [x, y]}:
            return f"point {x} {y}"
        case [first, *rest] if rest:
            return f"list {first} and {len(rest)}"
        case str() | int():
            return "plain"
        case _:
            return "other"


print([describe(v) for v in ({"kind": "point", "at": [1, 2]}, [1, 2, 3], "x", None)])
print(copy.deepcopy({"a": [1, {"b": 2}]}), f"{3.14159:>10.2f}|{'x':^5}|{1_000_000:,}|{255:#x}|{0.5:%}")
