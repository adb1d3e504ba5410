"""Questions in words: a query is parsed, matched against the index, scored and highlighted."""
