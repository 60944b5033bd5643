"""Here so that this package, and not one of the same name that pyrtmp installs, is `tests`."""
