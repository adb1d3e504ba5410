"""Questions by code: show, list, compare, modifiers."""
