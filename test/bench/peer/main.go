// Command peer is what the operator is measured against: the same job, written with controller-runtime.
package main

import (
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	options, err := parseOptions(os.Args[1:])
	if err == nil {
		err = run(options)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(options options) error {
	if err := logTo(os.Stderr, options.logLevel); err != nil {
		return err
	}
	ctx := ctrl.SetupSignalHandler()
	manager, err := newManager(options)
	if err != nil {
		return err
	}
	if err := serveTelemetry(manager, options); err != nil {
		return err
	}
	if err := setUpController(ctx, manager, options.concurrency); err != nil {
		return err
	}
	return manager.Start(ctx)
}
