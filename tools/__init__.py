"""Build steps and checkers of this repository. Nothing deployed imports this package."""
