"""`python -m medlem`, the same as `medlem`."""

from medlem.commands import main

main()
