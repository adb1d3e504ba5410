"""Files of CMS, NCHS and the AMA that a coder brings: recognized by content, read whole, stored once, never changed."""
