import contextlib, sys, traceback, warnings


def inner(value):
    return 10 / value


try:
    try:
        inner(0)
    except ZeroDivisionError as error:
        raise RuntimeError("outer") from error
except RuntimeError as error:
    print(repr(error.__cause__), traceback.extract_tb(error.__cause__.__traceback__)[-1].name)
try:
    raise ExceptionGroup("many", [ValueError(1), TypeError(2)])
except* ValueError as group:
    print(group.exceptions)
except* TypeError as group:
    print(group.exceptions)
with contextlib.suppress(KeyError), contextlib.ExitStack() as stack:
    stack.callback(print, "closed")
    {}["x"]
for text in ("1 +", "x = = 1", "int('x')", "None.x", "[][1]", "undefined", "'a' + 1", "import nothing_here"):
    try:
        exec(text)
    except Exception as error:
        print(type(error).__name__, error)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("old", DeprecationWarning)
    print(caught[0].category.__name__, caught[0].message)
error = ValueError("noted")
error.add_note("more")
print(error.__notes__, sys.exc_info())


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as error:
    print("RecursionError")
