"""Many homes on one backend, in simulated time, with the policy that every home has."""
