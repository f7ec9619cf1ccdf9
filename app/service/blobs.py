"""Blobs over the web, by the core of tus 1.0 (https://tus.io/protocols/resumable-upload).

The SHA-256 is the address, so nothing is created first: HEAD tells the offset (0 for what is new), PATCH
adds from there. Each PATCH tells the whole length in `Upload-Length`; the one that reaches it is verified,
and a wrong content is dropped with 460. HEAD tells `Upload-Length` once the blob is whole and verified.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import FileResponse
from pydantic import StringConstraints
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.domain.records import Sha256
from app.service.blob_files import BlobFiles
from app.service.blob_rights import may_read
from app.service.context import CallerOf, Service, ServiceOf
from app.service.problems import Problem, missing, too_large
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

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}$")]


def _speaks_tus(tus_resumable: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
    if tus_resumable != _TUS["Tus-Resumable"]:
        headers = {"Tus-Version": "1.0.0", **_TUS}
        raise Problem(412, "This is spoken to with Tus-Resumable: 1.0.0.", kind="tus-version", headers=headers)


@router.head("/{sha256}", dependencies=[Depends(_speaks_tus)], response_class=Response, openapi_extra=_TUS_TOLD)
async def offset_of_blob(service: ServiceOf, caller: CallerOf, sha256: Sha256) -> Response:
    """How many bytes of this blob have come from this caller, or all where they may read it already."""
    headers = {"Cache-Control": "no-store", **_TUS}
    files = BlobFiles(service.settings.blobs)
    size = await run_in_threadpool(_size, service, caller, sha256)
    if size is not None:
        return Response(headers={"Upload-Offset": str(size), "Upload-Length": str(size), **headers})
    offset = await run_in_threadpool(files.offset, sha256, caller.author.id)
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
    response_class=FileResponse,
    responses={200: {"content": _BYTES_TOLD}, 206: {"content": _BYTES_TOLD, "description": "A part of it."}},
)
async def read_blob(service: ServiceOf, caller: CallerOf, sha256: Sha256) -> FileResponse:
    """The content. Ranges are served, so that a download can be resumed."""
    if not await run_in_threadpool(_readable, service, caller, sha256):
        raise missing("There is no such file here.")
    return FileResponse(
        BlobFiles(service.settings.blobs).whole(sha256),
        media_type="application/octet-stream",
        filename=sha256,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )


async def _take(
    service: Service, caller: Caller, sha256: str, body: AsyncIterator[bytes], span: tuple[int, int]
) -> int:
    """Write the body from the first of `span` on; the second is the blob's whole length. Returns the new offset."""
    files = BlobFiles(service.settings.blobs)
    person = caller.author.id
    offset, length = span
    size = await run_in_threadpool(_size, service, caller, sha256)
    here = await run_in_threadpool(files.offset, sha256, person) if size is None else size
    if offset != here:
        raise Problem(
            409, f"The next byte here is {here}.", kind="offset", headers={"Upload-Offset": str(here), **_TUS}
        )
    async for piece in _pieces(body):
        if offset + len(piece) > length:
            raise Problem(400, "More came than Upload-Length tells.", kind="length")
        if size is None:
            await run_in_threadpool(files.append, sha256, person, piece)
        service.metrics.count_blob_bytes(len(piece))
        offset += len(piece)
    if size is None and offset == length:
        await run_in_threadpool(_finish, service, caller, sha256, length)
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


def _finish(service: Service, caller: Caller, sha256: str, size: int) -> None:
    if not BlobFiles(service.settings.blobs).finish(sha256, caller.author.id):
        raise Problem(460, "What came is not what its SHA-256 says. Send it again from the start.", kind="checksum")
    values = {"sha256": sha256, "person": caller.author.id, "size": size, "at": service.clock.now()}
    try:
        with service.database.write() as connection:
            connection.execute(insert(uploads).values(values))
    except IntegrityError:
        return  # two devices of one person sent the same: it is here


def _readable(service: Service, caller: Caller, sha256: str) -> bool:
    with service.database.read() as connection:
        return may_read(connection, caller, sha256)


def _size(service: Service, caller: Caller, sha256: str) -> int | None:
    """The blob's size where it is whole and the caller may read it."""
    with service.database.read() as connection:
        if not may_read(connection, caller, sha256):
            return None
        query = select(uploads.c.size).where(uploads.c.sha256 == sha256).limit(1)
        size: int = connection.execute(query).scalar_one()
        return size
