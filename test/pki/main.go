// Command pki makes throw-away authorities, certificates and PKCS#12 files for tests.
// It reads one JSON request from stdin and writes one JSON answer to stdout; nothing is kept.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	Authorities  map[string]authorityRequest   `json:"authorities"`
	Certificates map[string]certificateRequest `json:"certificates"`
}

type response struct {
	Authorities  map[string]keyPair           `json:"authorities"`
	Certificates map[string]issuedCertificate `json:"certificates"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var wanted request
	input := json.NewDecoder(os.Stdin)
	input.DisallowUnknownFields()
	if err := input.Decode(&wanted); err != nil {
		return fmt.Errorf("cannot read the request: %w", err)
	}
	made, err := fulfil(wanted)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(made)
}

func fulfil(wanted request) (*response, error) {
	made := response{map[string]keyPair{}, map[string]issuedCertificate{}}
	authorities := map[string]*authority{}
	for name, each := range wanted.Authorities {
		authority, err := newAuthority(each)
		if err != nil {
			return nil, fmt.Errorf("authority %q: %w", name, err)
		}
		authorities[name] = authority
		made.Authorities[name] = authority.pem
	}
	for name, each := range wanted.Certificates {
		issued, err := issue(each, authorities)
		if err != nil {
			return nil, fmt.Errorf("certificate %q: %w", name, err)
		}
		made.Certificates[name] = *issued
	}
	return &made, nil
}
