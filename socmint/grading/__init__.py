"""Grade a class: rebuild each submission, run it in a sandbox, score its answers outside."""
