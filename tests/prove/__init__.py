"""Tests of the proofs on live systems, with simulators in their place."""
