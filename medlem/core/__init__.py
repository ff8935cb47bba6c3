"""Small words that every part of medlem shares: money, moments, numbers, refusals. Imports nothing of ours."""
