"""Build Home Assistant's texts, icons and action descriptions from their sources.

The texts of a backend are in its folder, in `texts.yaml`. Shared texts are in the
`texts.yaml` of the integration. Field names and selectors come from the tables of the
operations.
"""
