"""What axe finds on a page that keeps people out."""

from playwright.async_api import Locator
import pytest

from tests.checks.files import ROOT

_AXE = ROOT / ".toolchain" / "axe.min.js"
_RUN = """
async (part) => {
  const { violations } = await axe.run(part, { resultTypes: ["violations"] });
  return violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}
"""


async def see_no_barrier(part: Locator) -> None:
    """See that axe finds nothing serious in a part of a page."""
    if not _AXE.exists():
        pytest.fail("there is no axe: run script/bootstrap --browser")
    await part.page.evaluate(_AXE.read_text())
    if barriers := await part.evaluate(_RUN):
        pytest.fail("\n".join(barriers))
