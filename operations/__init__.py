"""Commands for operators: before a deploy, after it, and once in a while.

`python -m operations.doctor` runs before a deploy, `operations.verify` after it, and
`operations.livekit_keys` stores LiveKit's keys. `operations.migrate` changes older items.
"""
