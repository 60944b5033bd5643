"""What the product means: watching, channels, people, keys. Knows nothing of Lambda events or CDK."""
