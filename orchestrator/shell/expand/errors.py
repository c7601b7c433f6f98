"""Why an expansion failed. The interpreter decides what it means for the script."""


class ExpansionError(Exception):
    """An expansion failed.

    ``message`` is bash's text without the ``name: line n:`` in front. ``fatal`` is true when bash ends a
    non-interactive shell (``${x:?}``, an unbound variable under ``set -u``, a readonly assignment is not).
    ``status`` is the exit status that results: 1, or 127 for the fatal ones.
    """

    def __init__(self, message: str, *, fatal: bool = False, status: int = 1) -> None:
        self.message = message
        self.fatal = fatal
        self.status = status
        super().__init__(message)


class ArithError(ExpansionError):
    """An arithmetic expression is wrong or cannot be computed (division by zero ...)."""


class SubstringError(Exception):
    """``${x:offset:length}`` with a length that ends before the offset; its text is known further up."""


class SubscriptError(ExpansionError):
    """A negative subscript reaches in front of the array."""


class ReadonlyError(ExpansionError):
    """Assignment to a readonly variable."""


class UnboundError(ExpansionError):
    """An unset parameter was used under ``set -u``."""


class GlobError(ExpansionError):
    """No file matches and ``failglob`` is set."""


class LimitError(ExpansionError):
    """A brace range, a nesting or a recursion is larger than we allow."""
