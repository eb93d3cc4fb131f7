"""The HTTP APIs of aipix: login, calls, models of their responses, and failures."""
