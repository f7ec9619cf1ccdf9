"""Buckets of tries."""

from app.service.limits import HOUR, RateLimit, neighbourhood


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


def test_what_costs_more_empties_sooner_and_waits_longer() -> None:
    now = [0.0]
    limit = RateLimit(3600, lambda: now[0], seconds=HOUR)
    assert limit.take("a", 3000) is None
    assert limit.take("a", 1000) == 400.0
    assert limit.take("a", 600) is None
    now[0] = 400.0
    assert limit.take("a", 400) is None


def test_what_is_more_than_a_bucket_holds_does_not_wait_for_ever() -> None:
    limit = RateLimit(10, lambda: 0.0)
    assert limit.take("a", 1000) is None
    assert limit.take("a", 1000) == 60.0


def test_a_household_of_ipv6_is_one_address() -> None:
    assert neighbourhood("2001:db8:0:1::7") == neighbourhood("2001:db8:0:1:ffff::1") == "2001:db8:0:1::/64"
    assert neighbourhood("2001:db8:0:2::7") != neighbourhood("2001:db8:0:1::7")
    assert (neighbourhood("192.0.2.7"), neighbourhood("unix:")) == ("192.0.2.7", "unix:")
