"""What the surfaces stand on: configuration, authentication, connections, answers."""
