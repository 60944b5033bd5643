"""A creator's ingress: where an encoder sends its video, and by which key."""
