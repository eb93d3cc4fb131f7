"""Kill a real Home Assistant again and again, and check what arrived."""
