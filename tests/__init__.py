"""Here so that this package, not one of that name that a dependency installs, is `tests`."""
