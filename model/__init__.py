"""What exists and what happens."""

if not __name__.startswith("deflect."):
    raise ImportError("`import model` gives a second copy of this package: write `import deflect.model`")
