"""Plain values: what dataset files hold, and what questions return."""
