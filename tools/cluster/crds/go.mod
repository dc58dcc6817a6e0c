// No program: the modules whose files of CustomResourceDefinitions the cluster installs.
// Apart from the binary's modules, so that their needs do not choose its versions.
module openchoreo.invalid/tools/cluster/crds

go 1.26.0

require (
	github.com/external-secrets/external-secrets v1.3.2
	sigs.k8s.io/gateway-api v1.6.3
)
