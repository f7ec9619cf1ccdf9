"""The bodies of events: what each kind tells, one file a subject. `events` knows them all."""
