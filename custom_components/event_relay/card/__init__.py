"""The dashboard card: its file, its address, its WebSocket commands and snapshots."""
