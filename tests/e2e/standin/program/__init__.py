"""A project directory; a package only so that type checkers tell its modules from others."""
