"""The theme in Qt's style sheet language. Widgets name what they are in the property `part`; all values are tokens."""

from app.widgets import theme
from app.widgets.theme import Colours, Scale


def sheet(scheme: Colours, scale: Scale) -> str:
    """The style sheet of a window."""
    parts = (_text, _buttons, _fields, _frames, _gauges, _bars)
    return "\n".join(part(scheme, scale) for part in parts)


def _pt(size: int) -> str:
    return f"{theme.points(size):g}pt"


def _text(c: Colours, s: Scale) -> str:
    return f"""
    QWidget {{ font-size: {_pt(s.body)}; color: {c.text}; }}
    QWidget[part="window"], QMainWindow, QDialog, QScrollArea, QWidget[part="page"] {{ background: {c.ground}; }}
    QScrollArea {{ border: none; }}
    QLabel {{ background: transparent; }}
    QLabel[part="headline"] {{ font-size: {_pt(s.headline)}; font-weight: 600; }}
    QLabel[part="large"] {{ font-size: {_pt(s.large)}; font-weight: 600; }}
    QLabel[part="lead"] {{ font-size: {_pt(s.large)}; }}
    QLabel[part="quiet"] {{ color: {c.quiet}; }}
    QLabel[part="strong"] {{ font-weight: 600; }}
    QLabel[part="refusal"] {{ color: {c.problem}; }}
    QLabel[part="code"] {{ font-family: monospace; font-size: {theme.CODE}pt; font-weight: 600; color: {c.text}; }}
    QToolTip {{ background: {c.surface}; color: {c.text}; border: {theme.LINE}px solid {c.line}; }}
    """


def _buttons(c: Colours, s: Scale) -> str:
    return f"""
    QPushButton {{
        min-height: {s.control - 2 * theme.FOCUS}px; padding: 0 {s.padding}px; border-radius: {theme.CORNER}px;
        border: {theme.FOCUS}px solid transparent; font-weight: 600;
    }}
    QPushButton[part="primary"] {{ background: {c.primary}; color: {c.on_primary}; }}
    QPushButton[part="primary"]:hover {{ background: {c.primary_hover}; }}
    QPushButton[part="quiet"] {{ background: {c.surface}; color: {c.text}; border-color: {c.edge}; }}
    QPushButton[part="quiet"]:hover {{ background: {c.chosen}; }}
    QPushButton[part="quiet"]:checked {{ background: {c.chosen}; border-color: {c.primary}; }}
    QPushButton[part="choice"] {{ background: {c.surface}; color: {c.primary}; border-color: {c.primary}; }}
    QPushButton[part="choice"]:hover {{ background: {c.chosen}; }}
    QPushButton[part="plain"] {{
        background: transparent; color: {c.primary}; padding: 0 {theme.HAIR}px; min-height: {theme.BROAD}px;
    }}
    QPushButton[part="plain"]:hover {{ background: {c.chosen}; }}
    QPushButton[part="refusal"] {{
        background: {c.problem_ground}; color: {c.problem}; padding: 0 {theme.TIGHT}px;
        min-height: {theme.WIDE}px;
    }}
    QPushButton[part="refusal"]:hover {{ border-color: {c.problem}; }}
    QPushButton[part="stop"] {{ background: {c.stop}; color: {c.on_stop}; }}
    QPushButton[part="stop"]:hover {{ background: {c.stop_hover}; }}
    QPushButton[part="rail"] {{
        background: transparent; color: {c.text}; text-align: left; font-weight: 400; padding: 0 {theme.TIGHT}px;
    }}
    QPushButton[part="rail"]:hover {{ background: {c.ground}; }}
    QPushButton[part="rail"]:checked {{ background: {c.chosen}; }}
    QPushButton:disabled {{ background: {c.ground}; color: {c.quiet}; border-color: {c.line}; }}
    QPushButton:focus {{ border: {theme.FOCUS}px solid {c.focus}; }}
    """


def _fields(c: Colours, s: Scale) -> str:
    return f"""
    QLineEdit, QPlainTextEdit, QTextEdit, QListView, QSpinBox {{
        background: {c.surface}; color: {c.text}; border: {theme.LINE}px solid {c.edge};
        border-radius: {theme.CORNER}px; selection-background-color: {c.primary}; selection-color: {c.on_primary};
    }}
    QLineEdit, QSpinBox {{ min-height: {s.control - 2 * theme.FOCUS}px; padding: 0 {theme.TIGHT}px; }}
    QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
    QSpinBox QLineEdit {{ border: none; min-height: 0; padding: 0 {theme.HAIR}px; background: transparent; }}
    QPlainTextEdit, QTextEdit {{ padding: {theme.HAIR}px; }}
    QComboBox {{
        min-height: {s.control - 2 * theme.FOCUS}px; padding: 0 {theme.BROAD}px 0 {theme.TIGHT}px;
        background: {c.surface}; border: {theme.LINE}px solid {c.edge}; border-radius: {theme.CORNER}px;
    }}
    QComboBox:focus {{ border: {theme.FOCUS}px solid {c.focus}; }}
    QComboBox::drop-down {{ border: none; width: {theme.BROAD}px; }}
    QComboBox::down-arrow {{ image: none; }}
    QComboBox QAbstractItemView {{
        background: {c.surface}; border: {theme.LINE}px solid {c.edge}; selection-background-color: {c.chosen};
        selection-color: {c.text}; outline: none;
    }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QListView:focus, QSpinBox:focus {{
        border: {theme.FOCUS}px solid {c.focus};
    }}
    QPlainTextEdit[part="preview"] {{ font-family: monospace; font-size: {_pt(theme.DESK.body)}; }}
    QLineEdit, QPlainTextEdit {{ placeholder-text-color: {c.quiet}; }}
    QListView {{ border-color: {c.line}; outline: none; }}
    QListView[part="sentences"]::item {{ padding: {theme.HAIR}px {theme.TIGHT}px; }}
    QListView[part="bare"] {{ border: none; background: transparent; border-radius: 0; }}
    QListView[part="bare"]:focus {{ border: none; }}
    """


def _frames(c: Colours, _: Scale) -> str:
    levels = "".join(
        f"""
        QFrame[part="banner"][level="{level}"] {{ background: {ground}; }}
        QFrame[part="banner"][level="{level}"] QLabel {{ color: {text}; }}
        """
        for level, (text, ground) in {
            "ok": (c.ok, c.ok_ground), "notice": (c.notice, c.notice_ground), "problem": (c.problem, c.problem_ground),
        }.items()
    )  # fmt: skip
    return f"""
    QFrame[part="card"] {{
        background: {c.surface}; border: {theme.LINE}px solid {c.line}; border-radius: {theme.CORNER}px;
    }}
    QFrame[part="question"] {{
        background: {c.surface}; border: {theme.FOCUS}px solid {c.primary}; border-radius: {theme.CORNER}px;
    }}
    QFrame[part="side"] {{ background: {c.surface}; border: none; }}
    QWidget[part="divided"] {{ background: {c.line}; }}
    QFrame[part="hairline"] {{
        background: {c.line}; border: none; max-height: {theme.LINE}px; min-height: {theme.LINE}px;
    }}
    QAbstractScrollArea[part="terminal"] {{
        background: {c.terminal.ground}; border: {theme.LINE}px solid {c.line}; border-radius: {theme.CORNER}px;
    }}
    QAbstractScrollArea[part="terminal"]:focus {{ border: {theme.FOCUS}px solid {c.focus}; }}
    QFrame[part="banner"] {{ border: none; border-radius: {theme.CORNER}px; }}
    {levels}
    QFrame[part="bar"] {{
        background: {c.surface}; border: {theme.FOCUS}px solid {c.stop}; border-radius: {theme.CORNER}px;
    }}
    """


def _gauges(c: Colours, _: Scale) -> str:
    return f"""
    QSlider::groove:horizontal {{
        background: {c.line}; height: {theme.HAIR}px; border-radius: {theme.HAIR // 2}px;
    }}
    QSlider::sub-page:horizontal {{ background: {c.primary}; border-radius: {theme.HAIR // 2}px; }}
    QSlider::handle:horizontal {{
        background: {c.primary}; border: {theme.FOCUS}px solid {c.surface}; width: {theme.GAP}px;
        margin: -{theme.TIGHT}px 0; border-radius: {theme.MARK // 2}px;
    }}
    QSlider::handle:horizontal:focus {{ border-color: {c.focus}; }}
    QProgressBar {{
        border: none; border-radius: {theme.HAIR}px; background: {c.line}; max-height: {theme.TIGHT}px;
        min-height: {theme.TIGHT}px;
    }}
    QProgressBar::chunk {{ background: {c.primary}; border-radius: {theme.HAIR}px; }}
    QScrollBar {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ width: {theme.SCROLLBAR}px; }}
    QScrollBar:horizontal {{ height: {theme.SCROLLBAR}px; }}
    QScrollBar::handle {{ background: {c.edge}; border-radius: {theme.SCROLLBAR // 2}px; }}
    QScrollBar::handle:vertical {{ min-height: {theme.BROAD}px; }}
    QScrollBar::handle:horizontal {{ min-width: {theme.BROAD}px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _bars(c: Colours, s: Scale) -> str:
    return f"""
    QStatusBar {{ background: {c.surface}; border-top: {theme.LINE}px solid {c.line}; }}
    QStatusBar::item {{ border: none; }}
    QMenuBar {{ background: {c.surface}; }}
    QMenuBar::item {{ padding: {theme.HAIR}px {theme.TIGHT}px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.chosen}; }}
    QMenu {{ background: {c.surface}; border: {theme.LINE}px solid {c.line}; }}
    QMenu::item {{ padding: {theme.HAIR}px {theme.WIDE}px; min-height: {s.body}px; }}
    QMenu::item:selected {{ background: {c.chosen}; color: {c.text}; }}
    QSplitter::handle {{ background: {c.line}; }}
    """
