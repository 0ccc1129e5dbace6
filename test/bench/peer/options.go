package main

import (
	"flag"
	"fmt"
)

type options struct {
	kubeconfig     string
	concurrency    int
	metricsAddress string
	healthAddress  string
	leaderElect    bool
	logLevel       string
}

func parseOptions(arguments []string) (options, error) {
	var parsed options
	flags := flag.NewFlagSet("peer", flag.ExitOnError)
	flags.StringVar(&parsed.kubeconfig, "kubeconfig", "", "kubeconfig file; default: as kubectl finds it, or the ServiceAccount of the pod")
	flags.IntVar(&parsed.concurrency, "concurrency", 32, "checks in flight")
	flags.StringVar(&parsed.metricsAddress, "metrics-address", "127.0.0.1:8080", "address of /metrics; port 0 takes a free one")
	flags.StringVar(&parsed.healthAddress, "health-address", "127.0.0.1:8081", "address of /livez and /readyz; port 0 takes a free one")
	flags.BoolVar(&parsed.leaderElect, "leader-elect", true, "work only while holding the lease default/qlik-operator-peer")
	flags.StringVar(&parsed.logLevel, "log-level", "info", "debug, info, warn or error")
	if err := flags.Parse(arguments); err != nil {
		return parsed, err
	}
	if flags.NArg() > 0 {
		return parsed, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if parsed.concurrency < 1 {
		return parsed, fmt.Errorf("--concurrency must be 1 or more, current value is %d", parsed.concurrency)
	}
	return parsed, nil
}
