"""How long the property tests search.

In every build for a few seconds each, with the same examples each time. With
HYPOTHESIS_PROFILE=thorough without a time limit, for cases that nobody has thought of;
the workflow "Nightly" does so.
"""

import os

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
