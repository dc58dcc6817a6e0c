"""The repository that is worked in: stack files, policy, papers, git, and what stacks recorded."""
