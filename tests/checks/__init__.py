"""Standing checks: what holds of the files, whatever the code does."""
