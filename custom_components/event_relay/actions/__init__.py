"""What the actions have in common: data, connections, deliveries, responses."""
