"""lookback: how far back can you look in a Microsoft 365 tenant, and can you prove it?"""

__version__ = "0.1.0"
