-- The service's mark on an event: with it, the event can be given back to a service that has lost it. `unsent` is 2 for
-- what an earlier log of the service had, and the one that is read now has not (yet).
ALTER TABLE event ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
CREATE INDEX event_lost ON event (stream_id) WHERE unsent = 2;
