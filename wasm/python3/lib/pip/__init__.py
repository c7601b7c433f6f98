"""A pip for a machine without a network: installs pure Python wheels that are there."""

__version__ = "25.0"
