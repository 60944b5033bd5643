"""AWS: clients, secrets, background work, metrics, logs. The only importer of botocore."""
