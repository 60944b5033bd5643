"""Channels as others see them: views, pages, search, settings, accounts, past broadcasts."""
