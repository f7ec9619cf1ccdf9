"""For whoever looks after the service: is it up, can it work, and what do its numbers say."""

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from app.domain.records import Record
from app.service.context import ServiceOf
from app.service.problems import Problem

router = APIRouter(tags=["service"])

_NUMBERS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Health(Record):
    """That the service is up."""

    status: str = "ok"


class Readiness(Record):
    """That the service can do its work."""

    status: str = "ready"


@router.get("/healthz")
async def health() -> Health:
    """Whether the service answers."""
    return Health()


@router.get("/readyz")
async def readiness(service: ServiceOf) -> Readiness:
    """Whether the service can do its work: 503 with the reason where it cannot."""
    fault = await service.readiness.fault()
    if fault is not None:
        raise Problem(503, fault, kind="not-ready", headers={"Retry-After": "5"})
    return Readiness()


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def numbers(service: ServiceOf) -> Response:
    """The service's numbers, in Prometheus' form. Needs the token that the owner gave to `bistand serve`."""
    return Response(await run_in_threadpool(service.metrics.text), media_type=_NUMBERS_TYPE)
