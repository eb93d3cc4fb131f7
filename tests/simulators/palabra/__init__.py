"""The simulated Palabra, against its fact sheet."""
