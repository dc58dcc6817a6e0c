// One binary with all parts of a Kubernetes control plane, so that the packages
// they share are compiled and linked once. The first argument chooses the part.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

const held = "--held"

var parts = map[string]func(name string) int{
	"etcd":                    etcd,
	"kube-apiserver":          part(apiserver.NewAPIServerCommand),
	"kube-controller-manager": part(controllers.NewControllerManagerCommand),
	"kube-scheduler":          part(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kubectl":                 part(kubectl.NewDefaultKubectlCommand),
	"kwok":                    fakeNodes,
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) > 0 && arguments[0] == held {
		go endWithStdin()
		arguments = arguments[1:]
	}
	if len(arguments) == 0 || parts[arguments[0]] == nil {
		known := strings.Join(slices.Sorted(maps.Keys(parts)), "|")
		fmt.Fprintf(os.Stderr, "usage: %s [%s] %s [flag]...\n", os.Args[0], held, known)
		os.Exit(2)
	}
	// Every part reads its flags from here, and kubectl its own name.
	os.Args = arguments
	os.Exit(parts[arguments[0]](arguments[0]))
}

// A part outlives nobody who holds the other end of its standard input, however
// they end. SIGKILL leaves no other trace that is the same on all systems.
func endWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func part(command func() *cobra.Command) func(string) int {
	return func(string) int { return cli.Run(command()) }
}

func etcd(string) int {
	etcdmain.Main(os.Args)
	return 0
}

func fakeNodes(name string) int {
	// The Kubernetes packages have put a flag `version` here that is not of the
	// kind that kwok's own command expects to add.
	pflag.CommandLine = pflag.NewFlagSet(name, pflag.ExitOnError)

	early := pflag.NewFlagSet(name, pflag.ContinueOnError)
	early.ParseErrorsAllowlist.UnknownFlags = true
	early.Usage = func() {}
	ctx, log := kwoklog.InitFlags(signals.SetupSignalContext(), early)
	ctx, err := kwokconfig.InitFlags(ctx, early)
	if err != nil {
		log.Error("reading the configuration", "err", err)
		return 1
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(early)
	if err := command.ExecuteContext(ctx); err != nil {
		log.Error("ended", "err", err)
		return 1
	}
	return 0
}
