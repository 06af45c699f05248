"""Question sets → the joint reader's network and the reader's trees."""
