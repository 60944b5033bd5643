"""What the functions are measured beside: the same work, written as it is commonly written.

Each is one file without anything of Footlight, so that it can run out of a folder that holds its
libraries alone. They read the same table and are asked the same requests.
"""
