"""Who may be in a room, and the viewer tokens that let them in."""
