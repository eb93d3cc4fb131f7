"""Tools of the developers: simulators, the demo, the bench, and other trials."""
