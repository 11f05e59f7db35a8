"""The `socmint` command: build the course, check it, make worlds, grade a class."""

import errno
import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 findings, 2 a clear error, 130 Ctrl-C.

    Args:
        argv: the words after `socmint`; those of the process when left out.
    """
    try:
        # A console that lacks a letter shows its number instead of failing.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a notebook's and a test's have other kinds
                stream.reconfigure(errors="backslashreplace")
        code = _run(argv)
        sys.stdout.flush()  # here and not at the end of Python, which would not say it in words
        return code
    except KeyboardInterrupt:
        print("\nStopped. Nothing was left half done.", file=sys.stderr)
        return 130
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        # What is still waiting to be written goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.EPIPE:  # whoever read, such as `head`, has read enough
            return 0
        print(f"error: cannot write the output: {error.strerror}", file=sys.stderr)
        return 2


def _run(argv: list[str] | None) -> int:
    # Loaded here, because Ctrl-C may come while they are.
    import argparse

    from socmint import learner_commands, world_commands
    from socmint.authoring import commands as authoring_commands
    from socmint.desk import commands as desk_commands
    from socmint.errors import CourseError
    from socmint.grading import commands as grading_commands

    parser = argparse.ArgumentParser(
        prog="socmint",
        description="Social media intelligence on invented data: the course's own commands.",
        epilog="Each command explains itself: socmint build --help. To open the course: "
        "python3 start.py",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    learner_commands.register(commands)
    authoring_commands.register(commands)
    world_commands.register(commands)
    desk_commands.register(commands)
    grading_commands.register(commands)
    args = parser.parse_args(argv)
    try:
        return args.handler(args) or 0
    except CourseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
