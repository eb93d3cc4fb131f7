"""Checks that the pages are up to date and their links work."""

from collections.abc import Iterator
from pathlib import Path
import re
import tomllib

import hass_frontend
import pytest

from tests.checks.files import PACKAGE, ROOT, read_json

from .actions import documents, with_permissions

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
OURS = "https://github.com/event-relay/event-relay/blob/main/"
"""The URL of this repository's files, for files that the site does not have."""
OF_GUANCE = "Management → "
"""The start of the one menu path that is not Home Assistant's."""
SITE = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]


@pytest.mark.parametrize(
    ("path", "text"), documents().items(), ids=lambda one: getattr(one, "name", "")
)
def test_documentation_of_actions_is_up_to_date(path: Path, text: str) -> None:
    assert path.read_text() == text, "run script/document_actions"


def test_each_action_of_a_backend_has_its_line_and_others_stay() -> None:
    table = "who\n| action `gone` | yes |\n| action `mark_delivered` | no |\n"
    first, *lines, last = with_permissions(table).splitlines()
    assert (first, last) == ("who", "| action `mark_delivered` | no |")
    assert "| action `create_script` | yes | yes | no | no | yes |" in lines
    assert "| action `send_http_request` | yes | yes | yes | no | yes |" in lines
    assert not [line for line in lines if "gone" in line]


def quoted_texts() -> Iterator[tuple[str, str]]:
    """Yield the sections of the troubleshooting page, with each text they quote."""
    text = (ROOT / "docs/troubleshooting.md").read_text()
    for part in re.split(r"^## ", text, flags=re.MULTILINE):
        heading = part.splitlines()[0]
        for quoted in re.findall(r'"([^"]+)"', part):
            yield heading, quoted


def shown_texts(heading: str) -> set[str]:
    """Return the texts that Event Relay may show where a section is about."""
    shown = read_json(PACKAGE / "translations/en.json")
    if heading == "Connecting does not work":
        return {*texts(shown["config"]["error"])}
    return {*texts(shown["exceptions"]), *texts(shown["issues"])}


def texts(value: object) -> Iterator[str]:
    """Yield all texts below a value."""
    if isinstance(value, str):
        yield re.sub(r"{\w+}", "…", value)
    elif isinstance(value, dict):
        for below in value.values():
            yield from texts(below)


@pytest.mark.parametrize(("heading", "quoted"), quoted_texts())
def test_quoted_texts_are_current(heading: str, quoted: str) -> None:
    assert any(quoted in text for text in shown_texts(heading))


def menu_paths() -> Iterator[str]:
    """Yield the paths through Home Assistant's menus that pages name."""
    for path in PAGES:
        text = " ".join(path.read_text().split())
        for words in re.findall(r"(?<!\*)\*([^*|]+)\*", text):
            if re.search(" (→|>) ", words) and not words.startswith(OF_GUANCE):
                yield words


@pytest.mark.parametrize("path", sorted({*menu_paths()}))
def test_menu_paths_are_those_of_home_assistant(path: str) -> None:
    shown = {"Event Relay"}
    for file in (hass_frontend.where() / "static/translations").rglob("en-*.json"):
        shown.update(texts(read_json(file)))
    assert {*path.split(" → ")} - shown == set()


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def dead_links(page_path: Path) -> Iterator[str]:
    """Yield the broken links of a page within this repository."""
    for link in LINK.findall(page_path.read_text()):
        name, _, anchor = link.partition("#")
        if link.startswith(OURS):
            target = ROOT / name.removeprefix(OURS)
        elif "://" in link:
            continue
        else:
            target = page_path.parent / name if name else page_path
        if not target.exists() or (
            anchor and anchor not in anchors(target.read_text())
        ):
            yield link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_work(path: Path) -> None:
    assert list(dead_links(path)) == []


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        f"# A & b\n[x](#a--b) [y](#c) [z](gone.md) [a]({OURS}README.md) [b]({OURS}gone)"
    )
    assert list(dead_links(tmp_path / "page.md")) == ["#c", "gone.md", f"{OURS}gone"]


def navigation(part: object) -> Iterator[str]:
    """Yield the targets of the site's navigation."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for below in part.values():
            yield from navigation(below)
    elif isinstance(part, list):
        for below in part:
            yield from navigation(below)


def test_every_page_is_in_the_navigation_once() -> None:
    pages = [page for page in navigation(SITE["nav"]) if "://" not in page]
    docs = ROOT / SITE["docs_dir"]
    assert sorted(pages) == sorted(
        str(page.relative_to(docs)) for page in docs.rglob("*.md")
    )


@pytest.mark.parametrize("link", [x for x in navigation(SITE["nav"]) if "://" in x])
def test_navigation_targets_exist(link: str) -> None:
    assert link.startswith(OURS)
    assert (ROOT / link.removeprefix(OURS)).is_file()


@pytest.mark.parametrize(
    "path", (ROOT / "docs").glob("*.md"), ids=lambda path: path.stem
)
def test_site_has_the_link_targets_of_its_pages(path: Path) -> None:
    links = [link for link in LINK.findall(path.read_text()) if "://" not in link]
    assert [link for link in links if link.startswith("..")] == []
