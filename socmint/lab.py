"""Open JupyterLab: `python -m socmint.lab`, with the options of `jupyter lab`.

JupyterLab asks jsonschema for the checks of all formats. One of them, of web addresses in any
script, builds a grammar when it is loaded, which takes longer than the rest of the start; no file
of JupyterLab's has such an address. So that one is kept out.
"""

import sys


def main() -> None:
    """Open JupyterLab."""
    sys.modules["rfc3987_syntax"] = None  # as if it were not there
    from jupyterlab.labapp import main as open_lab

    open_lab()


if __name__ == "__main__":
    main()
