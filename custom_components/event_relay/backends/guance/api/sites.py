"""The addresses of the Open API at the sites of Guance and TrueWatch.

An address cannot be derived from its site: some are below .com, some below .one (vendor
documentation and vendor clients, 2024 to 2026). Retired sites and addresses that only
appear in a template of the documentation are left out.
"""

from collections.abc import Mapping

SITES: Mapping[str, str] = {
    "https://openapi.guance.com": "Guance cn1 (Hangzhou)",
    "https://aws-openapi.guance.com": "Guance cn2 (Ningxia)",
    "https://cn4-openapi.guance.com": "Guance cn4 (Guangzhou)",
    "https://cn5-openapi.guance.com": "Guance cn5 (VNET)",
    "https://cn6-openapi.guance.one": "Guance cn6 (Hong Kong)",
    "https://us1-openapi.guance.com": "Guance us1 (Oregon)",
    "https://eu1-openapi.guance.one": "Guance eu1 (Frankfurt)",
    "https://ap1-openapi.guance.one": "Guance ap1 (Singapore)",
    "https://za1-openapi.guance.com": "Guance za1 (South Africa)",
    "https://id1-openapi.guance.com": "Guance id1 (Jakarta)",
    "https://me1-openapi.guance.com": "Guance me1 (UAE)",
    "https://us1-openapi.truewatch.com": "TrueWatch us1 (Oregon)",
    "https://eu1-openapi.truewatch.com": "TrueWatch eu1 (Frankfurt)",
    "https://ap1-openapi.truewatch.com": "TrueWatch ap1 (Singapore)",
    "https://za1-openapi.truewatch.com": "TrueWatch za1 (South Africa)",
    "https://id1-openapi.truewatch.com": "TrueWatch id1 (Jakarta)",
}
"""Names of the sites by address; they are the same in every language."""
