"""A work report as a file: one HTML page without scripts, or a PDF, after the file's name."""

from pathlib import Path

from app.flows.errors import BadInputError, ReportNotWrittenError
from app.flows.report_words import Sheet, in_words
from app.flows.work_report import WorkReport
from app.system.paths import replace_file
from app.system.translations import resources


def save_report(report: WorkReport, path: Path, language: str) -> None:
    """Write it, private to this user. Raises `ReportNotWrittenError`, and `BadInputError` for another kind of file."""
    kind = path.suffix.lower()
    if kind not in (".html", ".htm", ".pdf"):
        raise BadInputError(f"{path} is to be a page or a sheet: let its name end with .html or .pdf.")
    sheet = in_words(report, language)
    try:
        replace_file(path, _pdf(sheet) if kind == ".pdf" else report_html(sheet).encode())
    except OSError as error:
        raise ReportNotWrittenError(path, error.strerror or str(error)) from error


def report_html(sheet: Sheet) -> str:
    """The report as one HTML page. Whatever people wrote stands in it as plain text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # slow to load

    pages = Environment(
        loader=FileSystemLoader(resources() / "report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return pages.get_template("report.html.jinja").render(sheet=sheet)


def _pdf(sheet: Sheet) -> bytes:
    from app.flows.report_pdf import report_pdf  # slow to load

    return report_pdf(sheet)
