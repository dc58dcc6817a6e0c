"""The Pulumi program: what the definitions say, deployed to this stack's environment."""

import openchoreo

openchoreo.deploy()
