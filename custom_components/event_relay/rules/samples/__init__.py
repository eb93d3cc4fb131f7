"""Sample trigger variables, for the test and the preview of a rule."""

from .choosing import async_sample
from .sample import Sample, example_template

__all__ = ["Sample", "async_sample", "example_template"]
