"""Files that leave the agency's year beside the form."""
