"""Tests of the report, and of the command line."""

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from tests.checks.files import ROOT, read_yaml
import tools.prove.__main__ as command
from tools.prove.__main__ import main, sites
from tools.prove.findings import Claim, Findings, Verdict
from tools.prove.outcome import SENTENCES, Exit, sentence
from tools.prove.proof import SYSTEMS
from tools.prove.report_text import (
    ANOTHER,
    NOTHING,
    Word,
    chosen,
    code,
    form_of_time,
    names,
    version,
)

from .bench import Bench, words

MODULES = sorted((ROOT / "tools" / "prove").glob("*.py"))


def made_words(path: Path) -> Iterator[str]:
    """Yield the calls in a module that create a word from a non-literal."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Word":
            continue
        if not all(isinstance(one, ast.Constant) for one in node.args):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.stem != "report_text"],
    ids=lambda path: path.stem,
)
def test_words_outside_their_module_are_literals(path: Path) -> None:
    assert list(made_words(path)) == []


def test_non_literal_words_are_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("Word(f'{user}')\nWord('x')\nWord(str(name))")
    assert len(list(made_words(module))) == 2


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (chosen("ready", ("ready",)), "ready"),
        (chosen("Anna", ("ready",)), ANOTHER),
        (chosen(None, ("ready",)), NOTHING),
        (version("24.03.0.0"), "24.03.0.0"),
        (version("24.03 of Anna"), ANOTHER),
        (names(["b", "a_name", "Anna Smith"], ()), "a_name, 2 more"),
        (names(["anna_key", "count"], ("Anna",)), "count, 1 more"),
        (names([], ()), NOTHING),
        (code("ft.InvalidAPIKey", ("secret",)), "ft.InvalidAPIKey"),
        (code("secret", ("secret",)), "1 more"),
        (code(100_050, ()), "100050"),
        (code(4915112345678, ()), NOTHING),
        (form_of_time("2026-11-28T10:00:00Z"), "with Z"),
        (form_of_time("2026-11-28T10:00:00.123+01:00"), "with an offset"),
        (form_of_time("2026-11-28 10:00:00"), "without a zone"),
        (form_of_time("soon"), ANOTHER),
    ],
)
def test_words(word: Word, expected: str) -> None:
    assert word == expected


def test_refuted_claim_stays_refuted() -> None:
    claim = Claim(name="one", text=Word("One"))
    findings = Findings(claims=(claim,))
    assert findings.of(claim).verdict is Verdict.UNSEEN
    findings.see("one", False)
    findings.see("one", True)
    assert findings.of(claim).verdict is Verdict.DIFFERENT
    with pytest.raises(KeyError):
        findings.see("two", True)


def test_every_exit_code_has_a_sentence_and_is_documented() -> None:
    page = (ROOT / "docs/proving.md").read_text()
    documented = {
        int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)
    }
    assert set(SENTENCES) == set(Exit)
    assert documented == {code.value for code in Exit}


def test_errors_have_the_texts_of_the_product() -> None:
    told = sentence("certificate", "aipix", "")
    assert told == "The certificate of aipix is not trusted."
    assert sentence("permission_denied", "aipix", "no").endswith(": no")
    assert "--event" in sentence("event_needed", "aipix", "")


def test_issue_forms_ask_for_the_report() -> None:
    for name in ("bug", "proof"):
        body = read_yaml(ROOT / f".github/ISSUE_TEMPLATE/{name}.yml")["body"]
        (report,) = [part for part in body if part.get("id") == "proof"]
        assert "script/prove" in str(report["attributes"])


def test_page_names_every_system() -> None:
    page = (ROOT / "docs/proving.md").read_text()
    assert [name for name in SYSTEMS if f"script/prove {name}" not in page] == []


def test_sites_have_short_names() -> None:
    assert sites()["truewatch-us1"] == "https://us1-openapi.truewatch.com"
    assert len(set(sites())) == len(set(sites().values()))


@pytest.mark.parametrize(
    ("arguments", "content", "said"),
    [
        (["guance", "--site", "guance-cn1"], "one\ntwo", "2 lines"),
        (["guance", "--url", "http://example.org"], "key-id", "url: "),
        (["palabra"], "", "0 lines"),
        (["palabra"], None, "cannot be read"),
        (["aipix", "--url", "ftp://example.org"], "a\nb", "url: "),
        (["palabra"], "plbr_key", "agree by --yes"),
    ],
)
def test_errors_of_the_command_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    content: str | None,
    said: str,
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    assert main([*arguments, "--key-file", str(file)]) == Exit.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("bench", ["guance"], indirect=True)
async def test_report_is_written(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = await bench.prove()
    path = tmp_path / "reports/one.md"
    options = argparse.Namespace(backend="guance", clean=False, report=path)
    assert command._finish(proof, options) == Exit.PROVED
    assert path.read_text() == words(proof)
    assert str(path) in capsys.readouterr().out
