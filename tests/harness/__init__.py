"""What tests drive the package with: the plugin's own gRPC, and the real engine."""
