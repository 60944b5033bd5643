"""The CDK app: everything that a deployment consists of. Imports no product code."""
