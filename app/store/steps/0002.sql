-- What became of a refused event. `replaced_by` is the event that was written in its place; null where it was
-- discarded by hand. A refused event that has no row here still waits for one or the other.
CREATE TABLE refusal_settled (
    event       BLOB PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
    replaced_by BLOB,
    at          TEXT NOT NULL
) STRICT, WITHOUT ROWID;
