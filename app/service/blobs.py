"""Blobs over the web, by the core of tus 1.0 (https://tus.io/protocols/resumable-upload).

The SHA-256 is the address, so nothing is created first: HEAD tells the offset (0 for what is new), PATCH
adds from there. Each PATCH tells the whole length in `Upload-Length`; the one that reaches it is verified,
and a wrong content is dropped with 460. HEAD tells `Upload-Length` once the blob is whole and verified.
"""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, TypeVar, TypeVarTuple

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.domain.records import Sha256
from app.service.blob_rights import may_read
from app.service.blob_room import bound_of, note_arrival, note_dropped, note_whole, renew, require_space
from app.service.blob_store import PIECE
from app.service.context import CallerOf, Service, ServiceOf
from app.service.problems import Problem, missing, too_large
from app.service.ranges import wanted_range
from app.service.tables import uploads
from app.service.tokens import Caller

router = APIRouter(prefix="/blobs", tags=["blobs"])

_TUS = {"Tus-Resumable": "1.0.0"}
_TUS_TOLD = {
    "parameters": [
        {
            "name": "Tus-Resumable",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "enum": [_TUS["Tus-Resumable"]]},
        }
    ]
}
"""How the description tells of the header; the protocol has an answer of its own where it is wrong."""
_BYTES_TOLD = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_BODY_TOLD = {
    "required": True,
    "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_WRITE_SIZE = 256 * 1024

T = TypeVar("T")
Args = TypeVarTuple("Args")
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}$")]


def _speaks_tus(tus_resumable: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
    if tus_resumable != _TUS["Tus-Resumable"]:
        headers = {"Tus-Version": "1.0.0", **_TUS}
        raise Problem(412, "This is spoken to with Tus-Resumable: 1.0.0.", kind="tus-version", headers=headers)


@router.head("/{sha256}", dependencies=[Depends(_speaks_tus)], response_class=Response, openapi_extra=_TUS_TOLD)
async def offset_of_blob(service: ServiceOf, caller: CallerOf, sha256: Sha256) -> Response:
    """How many bytes of this blob have come from this caller, or all where they may read it already."""
    headers = {"Cache-Control": "no-store", **_TUS}
    await run_in_threadpool(renew, service.database, caller, sha256, service.clock.now())
    size = await run_in_threadpool(_size, service, caller, sha256)
    if size is not None:
        return Response(headers={"Upload-Offset": str(size), "Upload-Length": str(size), **headers})
    offset = await run_in_threadpool(service.parts.offset, sha256, caller.author.id)
    return Response(headers={"Upload-Offset": str(offset), **headers})


@router.patch(
    "/{sha256}",
    status_code=204,
    dependencies=[Depends(_speaks_tus)],
    openapi_extra={**_TUS_TOLD, "requestBody": _BODY_TOLD},
)
async def add_to_blob(
    service: ServiceOf,
    caller: CallerOf,
    sha256: Sha256,
    request: Request,
    upload_offset: Annotated[Number, Header()],
    upload_length: Annotated[Number, Header()],
) -> Response:
    """Add bytes from an offset on. Those that came before a dropped connection are kept."""
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise Problem(415, "Send application/offset+octet-stream.", kind="content-type")
    offset, length = int(upload_offset), int(upload_length)
    if length > service.settings.max_blob:
        raise too_large("The file", service.settings.max_blob)
    upload = (sha256, caller.author.id)
    if upload in service.uploads:
        raise Problem(423, "This upload is under way already.", kind="busy")
    service.uploads.add(upload)
    try:
        offset = await _take(service, caller, sha256, request.stream(), (offset, length))
    finally:
        service.uploads.discard(upload)
    return Response(status_code=204, headers={"Upload-Offset": str(offset), **_TUS})


@router.get(
    "/{sha256}",
    response_class=Response,
    responses={200: {"content": _BYTES_TOLD}, 206: {"content": _BYTES_TOLD, "description": "A part of it."}},
)
async def read_blob(
    service: ServiceOf,
    caller: CallerOf,
    sha256: Sha256,
    untrusted_range: Annotated[str | None, Header(alias="Range", include_in_schema=False)] = None,
) -> Response:
    """The content. Ranges are served, so that a download can be resumed."""
    size = await run_in_threadpool(_size, service, caller, sha256)
    if size is None:
        raise missing("There is no such file here.")
    span = wanted_range(untrusted_range, size)
    start, stop = span or (0, size)
    first = await _read(service, sha256, start, stop)  # what goes wrong here is told before the answer begins
    told = {"Content-Range": f"bytes {start}-{stop - 1}/{size}"} if span else {}
    return StreamingResponse(
        _rest(service, sha256, first, start, stop),
        206 if span else 200,
        media_type="application/octet-stream",
        headers={
            "Accept-Ranges": "bytes",
            "Content-Length": str(stop - start),
            "Content-Disposition": f'attachment; filename="{sha256}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            **told,
        },
    )


async def _in_the_store(service: Service, work: Callable[[*Args], T], *args: *Args) -> T:
    """Work that may wait for the store. A service that stops waits for none of it: what is cut off can be repeated."""
    return await to_thread.run_sync(work, *args, abandon_on_cancel=True, limiter=service.storing)


async def _read(service: Service, sha256: str, start: int, stop: int) -> bytes:
    return await _in_the_store(service, service.store.read, sha256, start, min(PIECE, stop - start))


async def _rest(service: Service, sha256: str, first: bytes, start: int, stop: int) -> AsyncIterator[bytes]:
    """The content in pieces, of which the first is read already."""
    piece = first
    while piece:
        yield piece
        start += len(piece)
        piece = await _read(service, sha256, start, stop) if start < stop else b""


async def _take(
    service: Service, caller: Caller, sha256: str, body: AsyncIterator[bytes], span: tuple[int, int]
) -> int:
    """Write the body from the first of `span` on; the second is the blob's whole length. Returns the new offset."""
    offset, length = span
    size = await run_in_threadpool(_size, service, caller, sha256)
    here = await run_in_threadpool(service.parts.offset, sha256, caller.author.id) if size is None else size
    if offset != here:
        raise Problem(
            409, f"The next byte here is {here}.", kind="offset", headers={"Upload-Offset": str(here), **_TUS}
        )
    if length < here:
        raise Problem(400, "Upload-Length is less than what has come.", kind="length")
    if size is None:
        await run_in_threadpool(_admit, service, caller, sha256, here, length)
    async for piece in _pieces(body):
        if offset + len(piece) > length:
            raise Problem(400, "More came than Upload-Length tells.", kind="length")
        if size is None:
            await run_in_threadpool(service.parts.append, sha256, caller.author.id, piece)
        service.metrics.count_blob_bytes(len(piece))
        offset += len(piece)
    if size is None and offset == length:
        await _in_the_store(service, _finish, service, caller, sha256, length)
    return offset


async def _pieces(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body in pieces worth writing. What came before the connection dropped is among them."""
    gathered = bytearray()
    try:
        async for chunk in body:
            gathered += chunk
            if len(gathered) >= _WRITE_SIZE:
                yield bytes(gathered)
                gathered.clear()
    except ClientDisconnect:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


def _admit(service: Service, caller: Caller, sha256: str, here: int, length: int) -> None:
    """Let the upload begin, or go on. Raises a 413 or 507 problem."""
    settings = service.settings
    require_space(settings.data, settings, length - here)
    note_arrival(service.database, caller, sha256, length, bound_of(settings, caller), service.clock.now())


def _finish(service: Service, caller: Caller, sha256: str, size: int) -> None:
    """Verify an upload and give it to the store. Until that has it, the part stays, and the next try is a short one."""
    person = caller.author.id
    if not service.parts.is_right(sha256, person):
        service.parts.discard(sha256, person)
        note_dropped(service.database, caller, sha256)
        raise Problem(460, "What came is not what its SHA-256 says. Send it again from the start.", kind="checksum")
    service.store.keep(sha256, service.parts.path(sha256, person))
    note_whole(service.database, caller, sha256, size, service.clock.now())
    service.parts.discard(sha256, person)


def _size(service: Service, caller: Caller, sha256: str) -> int | None:
    """The blob's size where it is whole and the caller may read it."""
    with service.database.read() as connection:
        if not may_read(connection, caller, sha256):
            return None
        query = select(uploads.c.size).where(uploads.c.sha256 == sha256).limit(1)
        size: int = connection.execute(query).scalar_one()
        return size
