"""Whether a colour can be read: the contrast of WCAG 2.2, section 1.4.3."""

from __future__ import annotations

WHITE = "#ffffff"
NEAR_BLACK = "#1a1e22"
READABLE = 4.5


def contrast(one: str, other: str) -> float:
    """The contrast of two colours written `#rrggbb`: from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
