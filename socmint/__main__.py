"""The `socmint` command: build the course, check it, make worlds, grade a class."""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 findings, 2 a clear error, 130 Ctrl-C.

    Args:
        argv: the words after `socmint`; those of the process when left out.
    """
    try:
        return _run(argv)
    except KeyboardInterrupt:
        print("\nStopped. Nothing was left half done.", file=sys.stderr)
        return 130


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
