"""Reading the outside world: one module per API, one transport, and files that people hand over."""
