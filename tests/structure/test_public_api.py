"""What users may rely on: the names of `pagebox`, and one surface in two colours."""

import inspect
from types import ModuleType

import pytest

import pagebox
from pagebox import sandbox, sync

PAIRS = [(pagebox.Sandbox, sync.Sandbox), (pagebox.Process, sync.Process)]
COLOURS = {"__aenter__": "__enter__", "__aexit__": "__exit__"}


def own_names(module: ModuleType) -> set[str]:
    """What is there and is ours: not what the module imports for its own use."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "").startswith(("pagebox", "orchestrator"))
    }


def test_all_is_what_is_there() -> None:
    assert own_names(pagebox) <= set(pagebox.__all__)
    assert list(pagebox.__all__) == sorted(pagebox.__all__)
    assert all(hasattr(pagebox, name) for name in pagebox.__all__)
    with pytest.raises(AttributeError):
        pagebox.nonesuch  # noqa: B018


def test_every_public_name_says_what_it_is() -> None:
    for name in set(pagebox.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(pagebox, name)), name


def members(cls: type) -> dict[str, object]:
    names = {name: value for name, value in vars(cls).items() if not name.startswith("_")}
    names |= {
        name: value for name, value in vars(cls).items() if name in {*COLOURS, *COLOURS.values()}
    }
    return {COLOURS.get(name, name): value for name, value in names.items()}


def parameters(value: object) -> list[tuple[str, object, object]]:
    if isinstance(value, property):
        return []
    assert callable(value)
    found = inspect.signature(value).parameters.values()
    return [(item.name, item.kind, item.default) for item in found]


@pytest.mark.parametrize(("waits", "blocks"), PAIRS, ids=lambda cls: cls.__module__)
def test_both_colours_have_the_same_surface(waits: type, blocks: type) -> None:
    one, other = members(waits), members(blocks)
    assert set(one) == set(other)
    assert {name: parameters(value) for name, value in one.items()} == {
        name: parameters(value) for name, value in other.items()
    }
    assert parameters(waits.__init__)[1:] == parameters(blocks.__init__)[1:]


@pytest.mark.parametrize(
    "cls", [cls for pair in PAIRS for cls in pair], ids=lambda c: f"{c.__module__}.{c.__name__}"
)
def test_every_method_says_what_it_does(cls: type) -> None:
    silent = [name for name, value in members(cls).items() if not inspect.getdoc(value)]
    assert not silent


def test_home_of_the_public_classes() -> None:
    assert sandbox.Sandbox is pagebox.Sandbox
