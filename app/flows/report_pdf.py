"""A work report as a PDF on A4. The one place that draws one."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph, Spacer, TableStyle

from app.flows.report_words import Row, Sheet

_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_DAY, _LENGTH, _MONEY = 25 * mm, 23 * mm, 25 * mm
_TEXT, _QUIET, _LINE = HexColor("#1b2430"), HexColor("#556170"), HexColor("#d5dbe3")
_OWN = Path(reportlab.__file__).parent / "fonts"
_FONTS = {
    "linux": (
        ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
        ("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf", "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf"),
        ("/usr/share/fonts/TTF/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf"),
    ),
    "win32": (("C:/Windows/Fonts/segoeui.ttf", "C:/Windows/Fonts/segoeuib.ttf"),),
    "darwin": (
        ("/System/Library/Fonts/Supplemental/Arial Unicode.ttf",) * 2,
        ("/System/Library/Fonts/Supplemental/Arial.ttf", "/System/Library/Fonts/Supplemental/Arial Bold.ttf"),
    ),
}
"""Where systems keep a font of many letters, and its bold one."""


def report_pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF; the same sheet gives the same bytes on one machine.

    Letters that no font here has are drawn as empty boxes: the page in HTML has them all.
    """
    regular, bold = _fonts(sheet.text())
    styles = _Styles(regular, bold)
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=f"{sheet.title} {sheet.period}", author=sheet.shop, lang=sheet.language, invariant=True,
    )  # fmt: skip
    frame = Frame(_MARGIN, _MARGIN, _WIDTH, A4[1] - 2 * _MARGIN, 0, 0, 0, 0)

    def number(canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.setFont(regular, 8)
        canvas.setFillColor(_QUIET)
        canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, str(canvas.getPageNumber()))

    document.addPageTemplates(PageTemplate("page", [frame], onPage=number))
    document.build(list(_parts(sheet, styles)))
    return out.getvalue()


class _Styles:
    def __init__(self, regular: str, bold: str) -> None:
        self.text = ParagraphStyle(
            "text", fontName=regular, fontSize=9, leading=12.5, textColor=_TEXT, splitLongWords=1
        )
        self.quiet = ParagraphStyle("quiet", self.text, fontSize=8, leading=11, textColor=_QUIET)
        self.figure = ParagraphStyle("figure", self.text, fontSize=8.5, alignment=TA_RIGHT)
        self.day = ParagraphStyle("day", self.text, fontSize=8.5)
        self.head = ParagraphStyle("head", self.quiet, alignment=TA_RIGHT)
        self.sum = ParagraphStyle("sum", self.figure, fontName=bold)
        self.sum_name = ParagraphStyle("sum name", self.text, fontName=bold)
        self.title = ParagraphStyle("title", self.text, fontName=bold, fontSize=18, leading=24)


def _parts(sheet: Sheet, styles: _Styles) -> Iterator[Flowable]:
    yield _paragraph(sheet.shop, styles.quiet)
    yield _paragraph(sheet.title, styles.title)
    yield _paragraph(sheet.period, styles.quiet)
    yield Spacer(0, 6 * mm)
    facts = [[_paragraph(name, styles.quiet), _paragraph(value, styles.text)] for name, value in sheet.facts]
    yield LongTable(facts, [32 * mm, _WIDTH - 32 * mm], style=_plain(), hAlign="LEFT")
    yield Spacer(0, 6 * mm)
    yield _paragraph(sheet.nothing, styles.text) if sheet.nothing else _table(sheet, styles)
    for text, style in ((sheet.favours, styles.text), *((note, styles.quiet) for note in sheet.notes)):
        if text:
            yield Spacer(0, 3 * mm)
            yield _paragraph(text, style)


def _table(sheet: Sheet, styles: _Styles) -> Flowable:
    figures = [_LENGTH, _LENGTH, _MONEY, _MONEY][: len(sheet.columns) - 2]
    widths = [_DAY, _WIDTH - _DAY - sum(figures), *figures]
    cells: list[list[Flowable | str]] = [
        [_paragraph(each, styles.quiet if place < 2 else styles.head) for place, each in enumerate(sheet.columns)]
    ]
    style = _plain()
    for row in sheet.rows:
        style.add("LINEABOVE", (0, len(cells)), (-1, len(cells)), 0.5, _LINE)
        style.add("TOPPADDING", (0, len(cells)), (-1, len(cells)), 2 * mm)
        if row.done:  # what was done begins on the page of its job
            style.add("NOSPLIT", (0, len(cells)), (-1, len(cells) + 1))
        cells.append(_first(row, styles))
        for text in row.done:
            style.add("SPAN", (1, len(cells)), (-1, len(cells)))
            cells.append(["", _paragraph(f"• {text}", styles.quiet), *[""] * len(figures)])
    style.add("LINEABOVE", (0, len(cells)), (-1, len(cells)), 1, _TEXT)
    style.add("TOPPADDING", (0, len(cells)), (-1, len(cells)), 2 * mm)
    style.add("SPAN", (0, len(cells)), (1, len(cells)))
    total = [_paragraph(figure, styles.sum) for figure in sheet.total[1:]]
    cells.append([_paragraph(sheet.total[0], styles.sum_name), "", *total])
    return LongTable(cells, widths, repeatRows=1, style=style, splitInRow=1)


def _first(row: Row, styles: _Styles) -> list[Flowable | str]:
    title = _safe(f"{row.title} ({row.reference})")
    what = f"{title}<br/><font size=8 color='{_QUIET.hexval().replace('0x', '#')}'>{_safe(row.rule)}</font>"
    told = Paragraph(what if row.rule else title, styles.text)
    return [_paragraph(row.day, styles.day), told, *(_paragraph(each, styles.figure) for each in row.figures)]


def _plain() -> TableStyle:
    return TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-2, -1), 2 * mm),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1 * mm),
    ])  # fmt: skip


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(_safe(text), style)


def _safe(text: str) -> str:
    """As text: a paragraph would take what looks like markup for markup, and fetch pictures that it names."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


def _fonts(text: str) -> tuple[str, str]:
    """The names of a font and its bold one: the first that has all letters, else the one that lacks the fewest."""
    fewest: tuple[int, TTFont, TTFont] | None = None
    for paths in (*_FONTS.get(sys.platform, ()), (str(_OWN / "Vera.ttf"), str(_OWN / "VeraBd.ttf"))):
        try:
            regular, bold = (TTFont(f"report {path}", path) for path in paths)
        except (TTFError, OSError):
            continue
        lacking = sum(ord(letter) not in regular.face.charToGlyph for letter in set(text) if letter.isprintable())
        if fewest is None or lacking < fewest[0]:
            fewest = (lacking, regular, bold)
        if not lacking:
            break
    assert fewest is not None  # noqa: S101 - the library's own is always there
    for font in fewest[1:]:
        pdfmetrics.registerFont(font)
    return fewest[1].fontName, fewest[2].fontName
