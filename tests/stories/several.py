"""Runs several commands, one after the other: their words come as JSON on stdin, what became of them goes to stdout."""

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from app.cli.main import main

if __name__ == "__main__":
    done: list[tuple[int, str, str]] = []
    for words in json.load(sys.stdin):
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        done.append((code, out.getvalue(), err.getvalue()))
    sys.stdout.write(json.dumps(done))
