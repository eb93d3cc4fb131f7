"""What failed becomes a repair, is tried again there, and arrives."""

import re

from playwright.async_api import Page, expect
import pytest

from simulators.faults import Fault, FaultKind

from .album import Album
from .forms import press
from .house import House

pytestmark = pytest.mark.asyncio(loop_scope="package")

_REASON = "The disk of the recorder is full"


async def test_refused_delivery(page: Page, house: House, album: Album) -> None:
    refusal = Fault(
        kind=FaultKind.STATUS,
        method="POST",
        path="*/create",
        status=400,
        body={"success": False, "message": _REASON},
    )
    house.frigate.add_faults(refusal)
    await house.socket.act(
        "event_relay.create_camera_event",
        config_entry_id=house.frigate_entry,
        camera="garden",
        label="parcel",
        wait=0,
    )

    await page.goto(f"{house.url}/config/repairs")
    repair = page.get_by_text("Deliveries to Frigate have failed")
    await repair.click()
    await page.get_by_text("Look at the reasons").click()
    await expect(page.get_by_text(_REASON)).to_be_visible()
    await album.keep("repair", page, page.get_by_role("dialog"))
    await press(page, "Submit")

    await page.get_by_text(re.compile("^Try (again )?all ")).click()
    await expect(page.get_by_text("They are tried again.")).to_be_visible()
    await page.get_by_text("Close", exact=True).click()
    await expect(repair).to_be_hidden()
    assert "parcel" in [event.label for event in house.frigate.events]
