"""The encrypted offline store: log, outbox, projections, search, blobs."""
