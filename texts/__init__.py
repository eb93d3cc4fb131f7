"""Builds what Home Assistant reads of texts, icons and actions from where they stand.

The texts of a backend are in its folder, in `texts.yaml`. Those that all share are in
the `texts.yaml` of the integration. Field names and selectors come from the tables of
the operations.
"""
