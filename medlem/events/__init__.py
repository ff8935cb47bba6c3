"""What happened, what state things are in, and what is to be mailed: the record beneath every domain."""
