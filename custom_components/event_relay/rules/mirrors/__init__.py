"""Keeps objects at the backend in sync with schedules and calendars."""
