"""What a hostile machine may send to a terminal, by kind. Made from lists, so that it is the same in every run."""

import re
from collections.abc import Iterator

ENDS = (b"\x07", b"\x1b\\", b"\xc2\x9c", b"\x18", b"\x1b[m", b"")
"""How a string may end: properly, by an abort, by the next sequence, or not at all."""

ALLOWED_REPLIES = re.compile(rb"(?:\x1b\[0n|\x1b\[[0-9]{1,3};[0-9]{1,3}R|\x1b\[\?6c)*")
"""All that a terminal of ours ever answers: that all is well, where the cursor is, and that it is a plain VT102."""


def attacks() -> dict[str, list[bytes]]:
    """Each kind with its sequences."""
    kinds = {
        "clipboard": _clipboard(),
        "titles and folders": _titles(),
        "colours asked for": _colours(),
        "links, notices and files": _links(),
        "device strings": _device_strings(),
        "questions": _questions(),
        "modes": _modes(),
        "printing, keys and other machines": _machines(),
        "graphics": _graphics(),
        "sizes and counts": _counts(),
        "memory": _memory(),
        "encodings": _encodings(),
        "cuts and nesting": _nesting(),
    }
    return {kind: list(dict.fromkeys(made)) for kind, made in kinds.items()}


def _osc(*bodies: bytes) -> Iterator[bytes]:
    for body in bodies:
        yield from (b"\x1b]" + body + end for end in ENDS)


def _clipboard() -> Iterator[bytes]:
    for where in (b"c", b"p", b"q", b"s", b"0", b"7", b"", b"cps01234567"):
        yield from _osc(b"52;%b;ZXZpbA==" % where, b"52;%b;?" % where)
    yield from _osc(b"52;c;" + b"QUFB" * 5_000, b"5522;type=read;Lg==", b"5522;type=write:mime=dGV4dA==;QQ==")


def _titles() -> Iterator[bytes]:
    yield from _osc(*(b"%d;rm -rf ~\n" % number for number in (0, 1, 2, 3)), b"lrm", b"Lrm", b"7;file:///etc")
    for number in (1, 2, 3, 4, 5, 6, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23):
        yield from (b"\x1b[%d%bt" % (number, rest) for rest in (b"", b";0", b";1", b";2"))
    yield b"\x1b]2;echo pwned\n\x07\x1b[21t"
    yield b"\x1b[>2t\x1b]2;6578\x07\x1b[>0t\x1b[21t"


def _colours() -> Iterator[bytes]:
    yield from _osc(*(b"%d;?" % number for number in (*range(10, 20), 708, 110, 104)))
    yield from _osc(b"4;1;?", b"4;255;?", b"5;0;?", b"4;1;rgb:ff/00/00", b"21;foreground=?", b"21;0=?")


def _links() -> Iterator[bytes]:
    yield from _osc(
        b"8;;http://evil.example", b"8;id=1;file:///etc/passwd", b"9;notice", b"9;4;1;50", b"777;notify;a;b"
    )
    yield from _osc(
        b"99;i=1:p=?;", b"1337;File=name=YQ==;inline=0:QUFB", b"1337;ReportCellSize", b"1337;CopyToClipboard="
    )
    yield from _osc(b"1337;RequestUpload=format=tgz", b"1337;SetUserVar=a=YQ==", b"133;A", b"133;C;cmdline=rm", b"50;?")
    yield from _osc(b"50;evil", b"51;Ecall", b"3008;start=1", b"440;file", b"66;s=2;big", b"6;1;bg;red;brightness;255")


def _device_strings() -> Iterator[bytes]:
    asked = (b"m", b"r", b"s", b"t", b'"p', b'"q', b" q", b"*|", b"$|", b"$}", b"|", b"\x07", b"q q")
    bodies = [b"$q" + what for what in asked]
    bodies += [b"+q" + name.hex().encode() for name in (b"TN", b"Co", b"RGB", b"kf1", b"indn", b"query-os-name")]
    bodies += [b"+p" + b"TN".hex().encode(), b"+q", b"+q" + b"41" * 3_000, b"$q" + b"m" * 3_000]
    bodies += [
        b"0;1|17/726d202d7266",
        b"1;1;1{ @",
        b"1$tx",
        b"2$t1/2",
        b"=1s",
        b"=2s",
        b">|evil",
        b"!|00",
        b"1000p",
        b"tmux;",
    ]
    for start in (b"\x1bP", b"\xc2\x90", b"\x90"):
        yield from (start + body + end for body in bodies for end in (b"\x1b\\", b"\x18", b""))


def _questions() -> Iterator[bytes]:
    yield from (
        b"\x05",
        b"\x05" * 50,
        b"\x1bZ",
        b"\x1b[?2l\x1bZ\x1b<",
        b"\x1b[x",
        b"\x1b[1x",
        b"\x1b[>q",
        b"\x1b[>0q",
        b"\x1b[?u",
        b"\x1b[?4m",
    )
    for mark in (b"", b"?", b">", b"=", b"<", b"!"):
        yield from (b"\x1b[%b%bc" % (mark, number) for number in (b"", b"0", b"1", b"62"))
        yield from (
            b"\x1b[%b%dn" % (mark, number) for number in (0, 1, 3, 5, 6, 7, 8, 15, 25, 26, 53, 55, 62, 63, 75, 85, 996)
        )
    yield from (
        b"\x1b[%b%d$p" % (mark, mode) for mark in (b"", b"?") for mode in (1, 4, 12, 20, 25, 1000, 2004, 2026, 9999)
    )
    yield from (
        b"\x1b[1;1;1;1;5;5*y",
        b"\x1b[1$u",
        b"\x1b[2$u",
        b"\x1b[1$w",
        b"\x1b[2$w",
        b"\x1b[1;1'|",
        b"\x1b[0&u",
        b"\x1b[&u",
    )
    yield from (b"\x1b[1;1;1;1#|", b"\x1b[#{\x1b[#}", b"\x1b[?1;1;0S", b"\x1b[?2;4;0S", b"\x1b[0'z\x1b['|", b"\x1b[3+T")


def _modes() -> Iterator[bytes]:
    private: tuple[int, ...] = (
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        12,
        18,
        19,
        25,
        35,
        38,
        40,
        42,
        45,
        47,
        66,
        67,
        69,
        80,
        95,
        1000,
        1001,
        1002,
    )
    private += (1003, 1004, 1005, 1006, 1007, 1010, 1015, 1016, 1034, 1035, 1036, 1042, 1047, 1048, 1049, 1060, 1070)
    private += (2004, 2005, 2026, 2027, 2031, 2048, 5522, 9001, 65535)
    yield from (b"\x1b[?%d%b" % (mode, final) for mode in private for final in (b"h", b"l", b"s", b"r"))
    yield from (b"\x1b[%d%b" % (mode, final) for mode in (2, 4, 12, 20) for final in (b"h", b"l"))
    yield from (
        b"\x1b[>31u",
        b"\x1b[=31;1u",
        b"\x1b[>4;2m",
        b"\x1b[>1p",
        b"\x1b[?40h\x1b[?3h",
        b"\x1b[?2l\x1bY  \x1b<",
    )


def _machines() -> Iterator[bytes]:
    yield from (
        b"\x1b[i",
        b"\x1b[5ievil\x1b[4i",
        b"\x1b[?5i",
        b"\x1b[?4i",
        b"\x1b[?1i",
        b"\x1b[0;0;0;0;0;0;0,~",
        b"\x1b[0#p",
    )
    yield from (
        b"\x1b\x0c",
        b"\x1b\x17",
        b"\x1b%@",
        b"\x1b%G",
        b"\x1b#8",
        b"\x1b F",
        b"\x1b G",
        b"\x1bl",
        b"\x1bm",
        b"\x1b|",
    )
    yield from (
        b"\x1bc",
        b"\x1b[!p",
        b'\x1b[61"p',
        b'\x1b[65;1"p',
        b"\x1b[4;1;1y",
        b"\x1b[2;1y",
        b"\x1b[0*x",
        b"\x1b[1 q",
        b"\x1b[9 q",
    )
    yield from (bytes([0x1B, final]) for final in range(0x20, 0x7F) if final != ord("Z"))


def _graphics() -> Iterator[bytes]:
    kitty: tuple[bytes, ...] = (
        b"a=q,i=1,s=1,v=1;AAAA",
        b"a=T,f=100,t=f;L2V0Yy9wYXNzd2Q=",
        b"a=T,t=t;L3RtcC90dHktZ3JhcGhpY3MtcHJvdG9jb2w=",
    )
    kitty += (b"a=T,t=s;L3NobQ==", b"a=T,s=99999999,v=99999999;AA==", b"a=d,d=A", b"m=1;" + b"QUFB" * 1_000)
    yield from (
        start + b"G" + body + end for start in (b"\x1b_", b"\x9f", b"\xc2\x9f") for body in kitty for end in ENDS[:2]
    )
    yield from (b"\x1bPq#0;2;0;0;0#0!9999999~-\x1b\\", b"\x1bP9;0;1q!99999999@\x1b\\", b"\x1bP1pS(A[0,0][9,9])\x1b\\")
    yield from (
        b"\x1b_25a1;s\x1b\\",
        b"\x1b^private\x1b\\",
        b"\x1bXsos\x1b\\",
    )


def _counts() -> Iterator[bytes]:
    for final in b"@ABCDEFGHIJKLMPSTXZ`abdefgr":
        yield from (
            b"x\x1b[%b%c" % (count, final) for count in (b"0", b"65535", b"99999999999999999999", b"-1", b"1;99999")
        )
    yield from (
        b"\x1b[5;2r",
        b"\x1b[0;0r\x1b[99r",
        b"\x1b[?69h\x1b[9;2s",
        b"\x1b[8;9999;9999t",
        b"\x1b[4;9999;9999t",
        b"\x1b[3;1;1t",
    )
    yield from (
        b"\x1b[" + b"1;" * 5_000 + b"m",
        b"\x1b[" + b"9" * 20_000 + b"m",
        b"\x1b[" + b" " * 5_000 + b"q",
        b"\x1b[38;5m",
    )
    yield from (
        b"\x1b[38;2;999;999;999m",
        b"\x1b[38;5;999mx",
        b"\x1b[38:2::1:2:3mx",
        b"\x1b[4:9mx",
        b"\x1b[58;5;1mx",
        b"\x1b[48;2m",
    )


def _memory() -> Iterator[bytes]:
    yield from (
        b"\x1b]0;" + b"A" * 100_000,
        b"\x1bP" + b"A" * 100_000,
        b"\x1b_G" + b"A" * 100_000,
        b"\x1b[" + b"1" * 100_000,
    )
    yield from (
        b"\x1b7" * 5_000,
        b"\x1b[s" * 5_000,
        b"\x1b[>1u" * 5_000,
        b"\x1b[22t" * 5_000,
        b"\x1bH" * 5_000,
        b"\x1b[#{" * 5_000,
    )
    yield ("e" + "\u0301" * 20_000).encode()
    yield ("\U0001f468\u200d" * 5_000).encode()
    yield ("\u0e01\u0e34" * 2_000 + "\ufe0f" * 5_000).encode()
    yield b"".join(b"\x1b[38;2;%d;%d;%dmx" % (n % 256, n // 256, n % 7) for n in range(5_000))
    yield b"".join(b"\x1b]8;id=%d;http://e/%d\x1b\\x" % (n, n) for n in range(3_000))
    yield from (b"\n" * 8_000, b"\x1b[?1049h" * 3_000, b"\x1b[2J" * 500, b"\x1b[6n" * 5_000, b"\x1b[c\x1b[5n" * 5_000)


def _encodings() -> Iterator[bytes]:
    yield from (bytes([control]) + b"6n" for control in range(0x80, 0xA0))
    yield from (chr(control).encode() + b"6n" for control in range(0x80, 0xA0))
    yield from (
        b"\xc0\x9b6n",
        b"\xe0\x80\x9b6n",
        b"\xf0\x80\x80\x9b6n",
        b"\xc0\x1b[6",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xff\xfe",
    )
    yield from (
        b"\xf0\x9f\x99",
        b"\xe6\xbc\x1b[m",
        b"\xc2",
        b"\x00" * 100,
        b"\x7f" * 100,
        b"\x0e\x0f\x0e",
        b"\xef\xbb\xbf\xef\xbf\xbf",
    )
    yield "\u202e\u2066gpj.exe\u2069\u200b\u200f\u061c".encode()
    yield "\U000e0041\U000e007f\U0010ffff\ufdd0\ue000".encode()


def _nesting() -> Iterator[bytes]:
    inner = (
        b"\x1b[6n",
        b"\x1b]52;c;?\x07",
        b"\x1bP$qm\x1b\\",
        b"\x05",
        b"\x1b",
        b"\x18",
        b"\x1a",
        b"\n",
        b"\x1b\x1b",
        b"\x9c",
    )
    outer = (
        b"\x1b[1;%b2m",
        b"\x1b]0;%b\x07",
        b"\x1bP%b\x1b\\",
        b"\x1b(%b0",
        b"\x1b%b[c",
        b"\x1b_%b\x1b\\",
        b"\x1b[?%b1h",
    )
    yield from (b"\x1b^\x1b[6n\x1b\\", b"\x1bX\x1b[c\x07")
    yield from (shape % what for shape in outer for what in inner)
