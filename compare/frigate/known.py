"""Differences between a live Frigate and the stand-in that are as they should be."""

from compare.differences import Known

KNOWN: tuple[Known, ...] = ()
