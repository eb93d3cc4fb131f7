"""Aipix, a video-management platform."""
