"""What was read, kept as it was read: bundles on disk, typed rows, populations, and the views derived from them."""
