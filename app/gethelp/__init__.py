"""The customer's windows: one decision a page."""
