"""The session over SSH: pairing, gate, relay, both ends, recording and audit."""
