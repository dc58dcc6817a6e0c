import openchoreo

openchoreo.deploy()
