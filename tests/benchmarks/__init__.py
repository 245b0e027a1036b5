"""What this package costs: requests, seconds, memory. `make bench` runs it."""
