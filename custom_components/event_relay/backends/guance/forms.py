"""The forms of a connection to a Guance or TrueWatch workspace."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.const import CONF_API_KEY, CONF_URL
import voluptuous as vol
from yarl import URL

from ..address_forms import read_address, refuse_unencrypted
from ..choice_forms import NOTHING_CHOSEN, choice
from ..connection_forms import SECRET
from ..forms import BackendForms, Probe, Product, with_test_title
from .api.client import GuanceClient
from .api.models import GuanceCapabilities
from .api.sites import SITES
from .backend import GUANCE
from .operations.create import FAILED_OFTEN
from .patterns import PATTERNS


class GuanceForms(BackendForms):
    """The part of Guance and TrueWatch that Home Assistant sees."""

    backend = GUANCE
    client = GuanceClient
    connection = vol.Schema(
        {
            vol.Required(CONF_URL, description=NOTHING_CHOSEN): choice(SITES),
            vol.Required(CONF_API_KEY): SECRET,
        }
    )
    """The address is that of a listed site, or a typed one."""
    identified_by = (CONF_URL, CONF_API_KEY)
    """The unique id is the workspace itself."""
    patterns = PATTERNS
    form_errors = frozenset({"invalid_api_key"})
    reasons: Mapping[str, str] = {
        FAILED_OFTEN: "own_failed_often",
        "a row does not fit its columns": "own_unreadable",
        "a series has no columns and values": "own_unreadable",
        "create was answered without saying true": "own_unreadable",
        "the answer does not hold what was asked for": "own_unreadable",
        "the answer to a query is not an object": "own_unreadable",
        "the series are not a list": "own_unreadable",
        "the workspace has no uuid": "own_no_id",
        "the workspace is not an object": "own_unreadable",
    }

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of an event with a title and a tag that mark it as a test."""
        tags = data.get("tags")
        named = with_test_title(data)
        if tags is None or isinstance(tags, Mapping):
            named["tags"] = {**(tags or {}), "test": "true"}
        return named

    @override
    def read_url(self, entered: str) -> str:
        """Return the base address of the Open API; raises InvalidField."""
        return refuse_unencrypted(read_address(entered, branches=("api",)))

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: GuanceCapabilities
    ) -> Product:
        """Return the device information of the system behind a connection."""
        del capabilities
        brand, *_ = SITES.get(data[CONF_URL], "Guance").split()
        return Product(manufacturer=brand, model=GUANCE.title)

    @override
    async def probe(self, client: GuanceClient, data: Mapping[str, Any]) -> Probe:
        """Test the live system; raises a BackendError with the code of a form error."""
        workspace = await client.workspace()
        return Probe(
            title=workspace.name or f"{GUANCE.title} ({URL(data[CONF_URL]).host})",
            capabilities=workspace.capabilities,
            unique_id=workspace.uuid,
        )
