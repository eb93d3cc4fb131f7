"""Keep things outside in step with schedules and calendars at home."""
