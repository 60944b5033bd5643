"""Measurements of time and bytes, compared with alternative designs.

Run `make bench` for all of them, or `make bench cold home` for some. Each is a module with
`measure() -> Report`, and runs in its own process against the local emulator, Redis, and
livekit-server. `cost` only computes, and needs none of them. Designs that are compared take turns
within one run. Machines differ and change their speed, so the ratios are meaningful and the
milliseconds are not.
"""
