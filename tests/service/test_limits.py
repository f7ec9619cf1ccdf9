"""Buckets of tries."""

from app.service.limits import RateLimit


def test_a_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    limit = RateLimit(60, lambda: now[0])
    assert [limit.take("a") for _ in range(60)] == [None] * 60
    assert limit.take("a") == 1.0
    now[0] = 0.5
    assert limit.take("a") == 0.5
    now[0] = 1.0
    assert limit.take("a") is None
    now[0] = 1000.0
    assert [limit.take("a") for _ in range(61)].count(None) == 60


def test_one_key_does_not_empty_anothers() -> None:
    limit = RateLimit(1, lambda: 0.0)
    assert [limit.take(key) is None for key in ("a", "a", "b")] == [True, False, True]


def test_only_so_many_keys_are_remembered() -> None:
    limit = RateLimit(1, lambda: 0.0)
    for key in range(30_000):
        limit.take(key)
    assert limit.take(29_999) is not None
    assert limit.take(0) is None
