package main

import (
	"errors"
	"flag"
	"fmt"
	"time"
)

type options struct {
	out              string
	latency          time.Duration
	keyType          string
	apps             int
	control          bool
	untilStdinCloses bool
}

func parseOptions(arguments []string) (options, error) {
	var parsed options
	flags := flag.NewFlagSet("responder", flag.ExitOnError)
	flags.StringVar(&parsed.out, "out", "", "folder for client.pfx, password, ca.crt, tls.crt and tls.key; required")
	flags.DurationVar(&parsed.latency, "latency", 0, "delay of each answer, such as 50ms")
	flags.StringVar(&parsed.keyType, "key-type", "ecP256", "of all keys: ecP256, which is cheap, or rsa2048, as sites have")
	flags.IntVar(&parsed.apps, "apps", 3, "published apps of the site")
	flags.BoolVar(&parsed.control, "control", false, "serve http://127.0.0.1:{controlPort}/counters and POST /change?apps=…")
	flags.BoolVar(&parsed.untilStdinCloses, "until-stdin-closes", false, "end when stdin closes")
	if err := flags.Parse(arguments); err != nil {
		return parsed, err
	}
	if flags.NArg() > 0 {
		return parsed, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if parsed.out == "" {
		return parsed, errors.New("--out must name a folder")
	}
	if parsed.latency < 0 {
		return parsed, fmt.Errorf("--latency must not be negative, current value is %s", parsed.latency)
	}
	if parsed.apps < 0 {
		return parsed, fmt.Errorf("--apps must not be negative, current value is %d", parsed.apps)
	}
	return parsed, nil
}
