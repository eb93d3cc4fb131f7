"""Tests of what follows triggers, schedules and calendars."""
