"""What authors use: the builder, the linter and the templates. No notebook imports this."""
