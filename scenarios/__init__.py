"""What we say about a place and a policy."""

if not __name__.startswith("deflect."):
    raise ImportError("`import scenarios` gives a second copy of this package: write `import deflect.scenarios`")
