-- The log. `version` is null until the service has confirmed an event; `unsent` marks the outbox;
-- `refusal` is the service's reason. (device, device_seq) is allotted under the write lock, so it needs no
-- constraint here; a home restored from a backup may meet its own later events again.
CREATE TABLE event (
    place      INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    stream     TEXT NOT NULL,
    stream_id  BLOB NOT NULL,
    kind       TEXT NOT NULL,
    device     BLOB NOT NULL,
    device_seq INTEGER NOT NULL,
    version    INTEGER,
    unsent     INTEGER NOT NULL,
    refusal    TEXT,
    json       TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_stream ON event (stream_id, version, device_seq);
CREATE INDEX event_by_device ON event (device, device_seq);
CREATE INDEX event_unsent ON event (device_seq) WHERE unsent = 1;
CREATE INDEX event_refused ON event (device_seq) WHERE refusal IS NOT NULL;

-- Small facts by name, such as how far the service's log was read.
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Content by its SHA-256. Made here: unsent until the service has it.
CREATE TABLE blob (
    place   INTEGER PRIMARY KEY,
    sha256  TEXT NOT NULL UNIQUE,
    own     INTEGER NOT NULL,
    unsent  INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX blob_unsent ON blob (place) WHERE unsent = 1;

-- Projection: which blobs events name. `session` is set where the blob is that session's recording.
CREATE TABLE blob_named (
    event   BLOB NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    sha256  TEXT NOT NULL,
    case_id BLOB NOT NULL,
    session BLOB,
    at      TEXT NOT NULL,
    PRIMARY KEY (event, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_named_by_case ON blob_named (case_id);
CREATE INDEX blob_named_by_session ON blob_named (session) WHERE session IS NOT NULL;

-- Projection: the list of cases. Moments are ISO 8601 in UTC.
CREATE TABLE case_row (
    id            BLOB PRIMARY KEY,
    title         TEXT NOT NULL,
    status        TEXT NOT NULL,
    customer      TEXT NOT NULL,
    technician    TEXT,
    technician_id BLOB,
    machine       TEXT NOT NULL,
    opened_at     TEXT,
    changed_at    TEXT NOT NULL,
    problems      INTEGER NOT NULL,
    notices       INTEGER NOT NULL,
    waiting       INTEGER NOT NULL,
    pending       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_row_by_change ON case_row (changed_at);

-- Projection of events (`event` set) and of recordings (`event` null): text that can be searched.
-- `part` counts the pieces of one long text from 0.
CREATE TABLE passage (
    place   INTEGER PRIMARY KEY,
    event   BLOB REFERENCES event (id) ON DELETE CASCADE,
    session BLOB,
    part    INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    source  TEXT NOT NULL,
    at      TEXT NOT NULL,
    author  TEXT NOT NULL,
    text    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX passage_by_event ON passage (event, part) WHERE event IS NOT NULL;
CREATE UNIQUE INDEX passage_by_terminal ON passage (session, part) WHERE event IS NULL;
CREATE INDEX passage_by_case ON passage (case_id);

-- The folded words of each passage, under the same row number. Words come folded and parted by spaces, so that
-- the tokenizer has nothing left to decide.
CREATE VIRTUAL TABLE word USING fts5 (folded, content = '', contentless_delete = 1, tokenize = 'ascii');
