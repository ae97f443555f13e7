"""What exists for programs of dtool-lookup-api 0.10: names, classes and exceptions."""
