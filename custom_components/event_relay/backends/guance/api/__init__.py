"""The Open API of Guance and TrueWatch: sites, calls, models, and its envelope."""
