"""Tests of the proofs on live systems, with stand-ins in their place."""
