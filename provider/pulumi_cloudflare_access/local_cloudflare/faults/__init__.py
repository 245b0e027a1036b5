"""What goes wrong on purpose: faults that tests arm, late lists, cut connections."""
