"""A live account becomes a program, and a program takes a live account over. It only reads."""
