"""What does Footlight cost, in time and bytes, beside the shapes it could have had?

`make bench`, or `python -m bench cold home` for some of the measurements. Each is a module with
`measure() -> Report`, run in a process of its own against the local emulator, Redis and
livekit-server. What is compared takes turns within one run, since machines differ and drift: ratios
hold, milliseconds do not.
"""
