"""The SQLite file that holds deliveries, and the threads that own it."""
