"""Alternative designs: the same work as our functions, written in common ways.

Each is one file that imports nothing from Footlight, so it can run from a folder that contains only
its libraries. They read the same table and get the same requests.
"""
