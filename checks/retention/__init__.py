"""Are records kept as long as the standard asks?"""
