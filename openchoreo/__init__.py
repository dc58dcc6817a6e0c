"""OpenChoreo's deployment model as a Pulumi program."""
