// Command responder is a Qlik Sense site of canned bytes for load: real TLS, prepared answers, nothing else.
// It answers the on-premise checks of the operator so that all of them pass, and counts what it was asked.
// The simulator (test/simulators) is the one that behaves like Qlik; this one only costs little.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// The collector would run for every few megabytes, which is CPU that the measured side should have.
const gcPercent = 800

func main() {
	debug.SetGCPercent(gcPercent)
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
	keys, err := newKeys(options.keyType)
	if err != nil {
		return err
	}
	if err := writeFiles(options.out, keys); err != nil {
		return err
	}
	counters := newCounters()
	apps := newCatalogue(options.apps)
	site, err := openSite(keys, apps, counters, options.latency)
	if err != nil {
		return err
	}
	defer site.close()
	ready := site.describe(options.out)
	if options.control {
		control, err := openControl(counters, apps)
		if err != nil {
			return err
		}
		defer control.close()
		ready.ControlPort = control.port
	}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return err
	}
	waitForEnd(options.untilStdinCloses)
	return nil
}

// waitForEnd returns with the first SIGTERM or SIGINT, or when whoever started this program is gone.
func waitForEnd(untilStdinCloses bool) {
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if untilStdinCloses {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	<-ended.Done()
}
