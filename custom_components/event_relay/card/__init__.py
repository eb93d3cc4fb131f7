"""The dashboard card: its file, its address, and its WebSocket commands."""
