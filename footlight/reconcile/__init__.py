"""What is recorded, held against what LiveKit has, and put right."""
