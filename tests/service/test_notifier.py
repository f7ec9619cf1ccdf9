"""Waking those who wait."""

import asyncio

from app.service.notifier import Notifier


def test_news_between_drawing_and_waiting_are_not_lost() -> None:
    async def story() -> None:
        notifier = Notifier()
        ticket = notifier.ticket("log")
        notifier.wake("log")
        assert await ticket.wait(5)
        assert not await notifier.ticket("log").wait(0.01)

    asyncio.run(story())


def test_one_topic_does_not_wake_another() -> None:
    async def story() -> None:
        notifier = Notifier()
        ticket = notifier.ticket("mail")
        notifier.wake("log")
        assert not await ticket.wait(0.01)

    asyncio.run(story())


def test_closing_wakes_all_and_lets_nobody_wait_again() -> None:
    async def story() -> None:
        notifier = Notifier()
        tickets = [notifier.ticket(topic) for topic in "abc"]
        notifier.close()
        assert all([await ticket.wait(5) for ticket in (*tickets, notifier.ticket("d"))])

    asyncio.run(story())
