"""A test double of Pulumi's Kubernetes provider, for machines that cannot have that one.

It does what the tests need and what is known of the original: check, diff, server-side apply,
readiness of workloads, read and delete. It is not part of the product.
"""
