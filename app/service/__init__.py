"""The shop's backend: FastAPI over SQL."""
