"""The way between the two inner ends: a stream of bytes that outlives the connections it travels on."""
