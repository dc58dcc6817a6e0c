"""The edge to Pulumi: stack config, ledgers, registration and stack outputs."""
