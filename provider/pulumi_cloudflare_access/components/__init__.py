"""Components: several resources under one name, built from the package's public resources only."""
