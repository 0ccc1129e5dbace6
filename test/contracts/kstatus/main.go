// Prints what kstatus makes of the object on standard input: the library of Kubernetes, and the fork that Flux and
// Helm 4 use.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	flux "github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	original "sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var object unstructured.Unstructured
	if err := json.NewDecoder(os.Stdin).Decode(&object); err != nil {
		return err
	}
	originalResult, err := original.Compute(&object)
	if err != nil {
		return err
	}
	fluxResult, err := flux.Compute(&object)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{
		"original": originalResult.Status.String(),
		"flux":     fluxResult.Status.String(),
	})
}
