"""The routes by their templates, so that logs and numbers hold no one's ids."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

OTHER = "other"
"""The template of what is not there, or was not let in."""


def name_routes(app: FastAPI) -> None:
    """Look up the templates of all its routes, once. A route that is added later has none."""
    app.state.templates = {id(route): path for route, path, _ in routes_of(app)}


def routes_of(app: FastAPI) -> list[tuple[object, str, frozenset[str]]]:
    """Every route: itself, its template, and its methods."""
    return [
        (context.original_route, context.path_format or OTHER, frozenset(context.methods or ()))
        for context in iter_route_contexts(app.routes)
    ]


def template_of(scope: Scope) -> str:
    """The template of the route that a request came to: `/v1/blobs/{sha256}`."""
    route = scope.get("route")
    if route is None:
        return OTHER
    templates: dict[int, str] = scope["app"].state.templates
    return templates.get(id(route), OTHER)


def methods_at(scope: Scope) -> list[str]:
    """The methods that the address of a request takes."""
    template = template_of(scope)
    return sorted({method for _, path, methods in routes_of(scope["app"]) if path == template for method in methods})
