"""Sample trigger variables, for the test and the preview of a rule."""

from .sample import Sample, example_template
from .selection import async_sample

__all__ = ["Sample", "async_sample", "example_template"]
