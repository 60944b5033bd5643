"""The CDK app, which defines everything in a deployment. Imports no product code."""
