"""Accounts as a whole: the export of what the site holds about a person, and the deletion."""
