"""What the product means: watching, channels, people, keys. Nothing of Lambda or CDK."""
