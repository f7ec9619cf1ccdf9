"""What the computer can find out by itself: checks, runner, redaction, report."""
