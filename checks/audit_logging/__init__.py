"""Is auditing switched on, and for everybody?"""
