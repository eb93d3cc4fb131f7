"""How fast Event Relay is, beside what users would write instead."""
