"""A simulated tenant that answers as Microsoft's APIs do, quirks included, for the demo and for tests.

It is written from Microsoft's documentation and from published measurements of the live services, never from what a
client happens to send. `scenarios` loads a tenant's facts from YAML; `server` serves them on loopback over TLS.
"""
