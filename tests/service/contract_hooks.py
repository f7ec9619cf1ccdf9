"""What schemathesis does not know by itself. It is loaded in its process, by `SCHEMATHESIS_HOOKS`."""

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
