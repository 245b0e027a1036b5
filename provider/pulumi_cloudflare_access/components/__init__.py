"""Several resources under one name. Built of what every program can use, and of nothing else."""
