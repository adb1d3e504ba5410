"""Claims: read in any layout, checked by the rules of the loaded code sets, and priced by the fee schedule."""
