"""Commands, one file each: parse, call a flow, print."""
