"""The processes of the day, one file each."""
