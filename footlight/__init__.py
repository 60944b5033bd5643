"""What the product means: watching, channels, people, keys. Nothing of Lambda or CDK."""

import gc

# What is imported lives as long as the process: looked through again and again while it comes in,
# it is a tenth of a cold start. 50,000 objects of a function's own are a few megabytes.
gc.set_threshold(50_000)
