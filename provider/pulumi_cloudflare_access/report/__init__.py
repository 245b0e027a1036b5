"""Who gets in, for people: reports, questions, statements and a policy pack."""
