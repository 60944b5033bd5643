"""Here so that this package, and not one of the same name that a dependency installs, is `tests`."""
