"""Expected answers: one module per lab, functions of the world and its truth."""
