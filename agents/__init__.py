"""Who lives here, and what they decide."""

if not __name__.startswith("deflect."):
    raise ImportError("`import agents` gives a second copy of this package: write `import deflect.agents`")
