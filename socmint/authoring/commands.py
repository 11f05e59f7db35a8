"""The commands of an author: build, lint, new."""

import argparse


def register(subparsers: argparse._SubParsersAction) -> None:
    """Add the commands of this package to `socmint`."""
    build = subparsers.add_parser(
        "build",
        help="make notebooks/, solutions/ and labs/ from course/",
        description="Make what is out of date in notebooks/, solutions/ and labs/.",
    )
    build.add_argument("topics", nargs="*", metavar="TOPIC", help="only these topics")
    build.add_argument(
        "--check",
        action="store_true",
        help="change nothing; fail when a notebook is not exactly what course/ gives",
    )
    build.set_defaults(handler=_build)

    lint = subparsers.add_parser(
        "lint",
        help="hold course/ to the rules of course/STYLE.md",
        description="Hold every source in course/ to the rules of course/STYLE.md.",
    )
    lint.add_argument("topics", nargs="*", metavar="TOPIC", help="only these topics")
    lint.set_defaults(handler=_lint)

    new = subparsers.add_parser(
        "new",
        help="start a lesson or a lab from the template",
        description="Start a lesson or a lab from the template. The topic must be in course.toml.",
    )
    new.add_argument("kind", choices=("lesson", "lab"))
    new.add_argument("topic", metavar="TOPIC")
    new.set_defaults(handler=_new)


# The handlers import late, so that `socmint --help` answers at once.


def _build(args: argparse.Namespace) -> int:
    from socmint.authoring import build
    from socmint.authoring.source import find_root

    return (build.check if args.check else build.build)(find_root(), args.topics)


def _lint(args: argparse.Namespace) -> int:
    from socmint.authoring.lint import lint
    from socmint.authoring.source import find_root

    findings = lint(find_root(), args.topics)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings." if findings else "No findings.")
    return 1 if findings else 0


def _new(args: argparse.Namespace) -> int:
    from socmint.authoring.new import new
    from socmint.authoring.source import find_root

    print(f"Wrote {new(find_root(), args.kind, args.topic)}. Next: socmint lint {args.topic}")
    return 0
