"""Ships the log to and from the service, over HTTP."""
