"""What the triggers of a rule would tell, for a test and for a preview."""

from .choosing import async_sample
from .sample import Sample, example_template

__all__ = ["Sample", "async_sample", "example_template"]
