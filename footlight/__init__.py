"""The product: people, channels, watching, chat, moderation. Independent of Lambda and CDK.

Importing it raises the garbage collector's threshold. Imported modules live as long as the process,
but each collection scans them, which takes up to 10 % of a cold start. Every function imports it
before its libraries: `functions/ruff.toml`. A cold start creates 100,000 objects, so it ends before
the first collection. 200,000 objects are about 20 MB.
"""

import gc

from footlight import lazy_imports

lazy_imports.enable()
gc.set_threshold(200_000)
