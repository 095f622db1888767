"""What we ask."""

if not __name__.startswith("deflect."):
    raise ImportError("`import experiments` gives a second copy of this package: write `import deflect.experiments`")
