"""Who gets in, told to people: reports, questions, statements, a policy pack."""
