"""The hand-off: what an administrator is asked for where a bundle lacks something, and nothing that it has.

`needs` says what is missing and for which checks, `asks` how each dataset is had, `script` and `documents` write it
down. Nothing here reads a tenant.
"""
