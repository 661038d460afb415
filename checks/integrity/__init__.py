"""Checks on what protects logs from being changed, deleted or read by others."""
