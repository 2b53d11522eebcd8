"""Every error travels whole: over a pickle, with its text, its facts and its cause's class."""

import copy
import pickle
from collections.abc import Iterator

import pytest

from pycore import exceptions
from pycore.exceptions import ConfigValueError, PycoreError, ServiceTimeoutError, UnknownNameError


def family(cls: type[PycoreError]) -> Iterator[type[PycoreError]]:
    """Yield the public tree; a layer may refine a class for itself, callers catch the public one."""
    yield cls
    for child in cls.__subclasses__():
        if child.__module__ == exceptions.__name__:
            yield from family(child)


@pytest.mark.parametrize("cls", list(family(PycoreError)), ids=lambda cls: cls.__name__)
def test_every_error_pickles_with_its_text_and_its_facts(cls: type[PycoreError]) -> None:
    error = cls("what happened", **{name: f"the {name}" for name in cls.facts})

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is cls
    assert str(again) == "what happened"
    assert {name: getattr(again, name) for name in cls.facts} == {name: f"the {name}" for name in cls.facts}
    assert again.args == error.args


@pytest.mark.parametrize("cls", list(family(PycoreError)), ids=lambda cls: cls.__name__)
def test_every_error_is_public_and_drawn_in_the_tree(cls: type[PycoreError]) -> None:
    assert cls.__name__ in exceptions.__all__
    assert cls.__name__ in str(exceptions.__doc__)


def test_facts_not_given_are_none() -> None:
    error = ServiceTimeoutError("too slow")

    assert [getattr(error, name) for name in error.facts] == [None, None]


def test_a_fact_that_the_class_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="ServiceTimeoutError has no fact colour"):
        ServiceTimeoutError("too slow", colour="red")


def test_an_error_with_problems_copies() -> None:
    error = ConfigValueError("two", problems=[ConfigValueError("one", path="a.json", pointer="/x", line=3)])

    again = copy.deepcopy(error)

    assert again.problems is not None
    assert [(p.path, p.pointer, p.line) for p in again.problems] == [("a.json", "/x", 3)]


def test_an_unknown_name_lists_what_there_is_and_guesses() -> None:
    error = UnknownNameError.of("data set", "iriss", ["wine", "iris"])

    assert str(error) == "No data set is called 'iriss'. Did you mean 'iris'? There is: iris, wine."
    assert error.known == ["iris", "wine"]
    assert isinstance(error, LookupError)


def test_an_unknown_name_says_when_there_is_nothing() -> None:
    assert "none is configured in this environment" in str(UnknownNameError.of("cache", "CACHE", []))
    assert str(UnknownNameError.of("parameter", "most", [])).endswith("called 'most'. There is: none.")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UnknownNameError", 2),
        ("ConfigFileError", 3),
        ("ConfigValueError", 3),
        ("ServiceUnavailableError", 4),
        ("AuthenticationError", 4),
        ("QueryError", 5),
        ("SerializationError", 5),
        ("DatasetValidationError", 5),
        ("SignatureMismatchError", 6),
        ("NotificationError", 7),
        ("PycoreError", 1),
    ],
)
def test_exit_codes_are_those_of_the_documentation(name: str, code: int) -> None:
    assert getattr(exceptions, name).exit_code == code
