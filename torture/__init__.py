"""A real Home Assistant, killed again and again, and an account of what arrived."""
