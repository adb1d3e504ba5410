"""The page of each kind of answer, one module a page; document.py chooses. Each has `build_page`."""
