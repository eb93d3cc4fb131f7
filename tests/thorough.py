"""How far the tests search.

In every build for a few seconds each, and the same in each. With
HYPOTHESIS_PROFILE=thorough for what nobody has thought of, as long as it takes; the
workflow "Nightly" does so.
"""

import os

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
