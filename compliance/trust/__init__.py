"""What makes evidence fit to hand on: signatures that say who vouches for it, and copies that name nobody."""
