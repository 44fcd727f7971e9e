// Command cert-manager-controller runs the released cert-manager controllers that issue certificates inside a
// cluster: the approver, and issuers of kind SelfSigned and CA.
//
// Upstream's own main packages live in sub-modules that module proxies do not always serve, so this is a main of our
// own over the root module's public packages. Its flags are not upstream's. Left out: ACME, Vault and Venafi issuers,
// annotated Ingresses and Gateways, CertificateSigningRequests, the webhook and the CA injector. There is no leader
// election: run one replica, and replace it with strategy Recreate.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/cert-manager/cert-manager/pkg/logs"
	"k8s.io/klog/v2"
)

type options struct {
	kubeconfig       string
	clusterNamespace string
	listen           string
	workers          int
}

func main() {
	parsed, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2)
	}
	logs.InitLogs()
	defer logs.FlushLogs()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(logs.NewContext(ctx, logs.Log), parsed); err != nil {
		klog.ErrorS(err, "cert-manager-controller ends")
		klog.FlushAndExit(klog.ExitFlushTimeout, 1)
	}
}

// parse reads the command line. It uses a flag set of its own, because imported packages define flags on the global
// one. The flag package has already told the user what is wrong when an error comes back.
func parse(arguments []string) (options, error) {
	var read options
	flags := flag.NewFlagSet("cert-manager-controller", flag.ContinueOnError)
	flags.StringVar(&read.kubeconfig, "kubeconfig", "", "kubeconfig file; empty: the Pod's service account")
	flags.StringVar(&read.clusterNamespace, "cluster-resource-namespace", "cert-manager",
		"namespace of the Secrets that ClusterIssuers refer to")
	flags.StringVar(&read.listen, "listen", ":9403", "address of /livez, /readyz and /metrics")
	flags.IntVar(&read.workers, "workers", 5, "objects that each controller handles at the same time")
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
		fmt.Fprintln(os.Stderr, err)
		return options{}, err
	}
	if read.workers < 1 {
		err := fmt.Errorf("-workers is %d: at least 1 is needed", read.workers)
		fmt.Fprintln(os.Stderr, err)
		return options{}, err
	}
	return read, nil
}
