-- The service's mark on an event: with it, the event can be given back to a service that has lost it. `unsent` is 2 for
-- what an earlier log of the service had, and the one that is read now has not (yet).
ALTER TABLE event ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
CREATE INDEX event_lost ON event (stream_id) WHERE unsent = 2;

-- Search over a large store. Rows alone are kept of each word (no places in the text: no query asks for them), and the
-- rows of each beginning of two to four letters beside them: else a query of few letters would gather every row
-- of every word that begins so. `fold` is the store's own (see connection.py).
DROP TABLE word;
CREATE VIRTUAL TABLE word USING fts5 (
    folded, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none, prefix = '2 3 4'
);
INSERT INTO word (rowid, folded) SELECT place, fold(text) FROM passage ORDER BY place;

-- The words of the index one by one, for beginnings that are longer.
CREATE VIRTUAL TABLE word_seen USING fts5vocab (word, instance);

-- The cases of a machine, by its name's folded words.
ALTER TABLE case_row ADD COLUMN machine_words TEXT NOT NULL DEFAULT '';
UPDATE case_row SET machine_words = fold(machine);
CREATE INDEX case_row_by_machine ON case_row (machine_words, changed_at);

-- Where a case begins is found in the index alone.
DROP INDEX passage_by_case;
CREATE INDEX passage_by_case ON passage (case_id, source);

-- What became of a refused event. `replaced_by` is the event that was written in its place; null where it was
-- discarded by hand. A refused event that has no row here still waits for one or the other.
CREATE TABLE refusal_settled (
    event       BLOB PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
    replaced_by BLOB,
    at          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is beside the cases (customers, agreements) is read whole, and must be found among very many cases' events.
CREATE INDEX event_beside ON event (stream, stream_id) WHERE stream <> 'case';

-- Whose time lies where is asked before more of it is written.
CREATE INDEX event_of_work ON event (stream_id) WHERE kind = 'work_recorded';

-- What people ask for lists of, among all events. `log.LISTED` names the same kinds.
CREATE INDEX event_listed ON event (kind) WHERE kind IN ('case_closed', 'colleague_asked', 'fix_planned', 'handover_offered');

-- Of each blob that an event names, whether it is here (`held`), and of a recording whether search was handed its text
-- (`indexed`): what is still to be fetched or indexed is found without a look at all the others.
ALTER TABLE blob_named ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE blob_named ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
UPDATE blob_named SET
    held = sha256 IN (SELECT sha256 FROM blob),
    indexed = EXISTS (SELECT 1 FROM passage WHERE passage.event IS NULL AND passage.session = blob_named.session);
CREATE INDEX blob_named_missing ON blob_named (sha256) WHERE held = 0;
CREATE INDEX blob_named_to_index ON blob_named (session) WHERE held = 1 AND indexed = 0 AND session IS NOT NULL;

-- What has come of a blob that is not whole yet: pieces, each beginning where the one before ends. `size` is the whole's.
CREATE TABLE blob_part (
    sha256  TEXT NOT NULL,
    start   INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (sha256, start)
) STRICT;
