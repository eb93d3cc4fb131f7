"""Home Assistant triggers, schedules and calendars become deliveries."""
