"""The page: choose a place and a policy, watch, compare, learn."""
