"""The product: people, channels, watching, chat, moderation. Independent of Lambda and CDK.

Importing it raises the garbage collector's threshold. Imported modules live as long as the process,
but each collection scans them, which takes up to 5 % of a cold start's imports. It happens here,
because this is the first import of every function. 50,000 objects are a few megabytes.
"""

import gc

gc.set_threshold(50_000)
