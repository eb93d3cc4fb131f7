"""Tests of escaped texts and lists in Markdown."""

import pytest

from custom_components.event_relay.backends.markdown import LISTED, in_list, in_markdown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words", "plain words"),
        ("![a](http://b)", r"!\[a\](http\://b)"),
        ("<img src=x>\n\n# Head", r"\<img src=x> # Head"),
        ("a\\*b*", r"a\\\*b\*"),
        ("&lt; &#60; R&D", r"\&lt; \&#60; R\&D"),
        ("# a", r"\# a"),
        ("> a", r"\> a"),
        ("- a", r"\- a"),
        ("12. a", r"12\. a"),
        ("1) a", r"1\) a"),
        ("_a_ __b__ ~~c~~ `d`", r"\_a\_ \_\_b\_\_ \~\~c\~\~ \`d\`"),
        ("www.a.b and c@d.e", r"www\.a.b and c\@d.e"),
    ],
)
def test_markdown_is_escaped(text: str, written: str) -> None:
    assert in_markdown(text) == written


@pytest.mark.parametrize(
    "text",
    ["Frigate (127.0.0.1:5000)", "front_door", "Tom & Jerry!", "A-1 #2, 50 % = x+y"],
)
def test_names_are_not_escaped_without_need(text: str) -> None:
    assert in_markdown(text) == text


@pytest.mark.parametrize(("number", "last"), [(1, "- 0"), (LISTED + 2, "- … (+2)")])
def test_long_list_ends_with_the_number_of_the_others(number: int, last: str) -> None:
    lines = in_list([str(one) for one in range(number)]).splitlines()
    assert len(lines) == min(number, LISTED + 1)
    assert lines[0] == "- 0"
    assert lines[-1] == last
