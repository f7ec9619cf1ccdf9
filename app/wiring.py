"""The one place where objects meet: builds the customer's app, the desk and the service."""
