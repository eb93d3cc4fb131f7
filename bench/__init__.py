"""Measurements that are looked at, not tested."""
