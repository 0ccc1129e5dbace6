package main

import (
	"crypto/x509"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"
)

// bundleRequest asks for a PKCS#12 file of a leaf.
type bundleRequest struct {
	Password          string `json:"password"`
	Encoder           string `json:"encoder"`
	WithAuthority     bool   `json:"withAuthority"`
	WithoutPrivateKey bool   `json:"withoutPrivateKey"`
	// Of each key derivation; the encoder's own where not set.
	Iterations int `json:"iterations"`
}

var encoders = map[string]*pkcs12.Encoder{
	"":           pkcs12.Modern2023,
	"modern2023": pkcs12.Modern2023,
	"legacyDES":  pkcs12.LegacyDES,
	"legacyRC2":  pkcs12.LegacyRC2,
}

func encodeBundle(wanted bundleRequest, leaf, issuer *authority) ([]byte, error) {
	encoder := encoders[wanted.Encoder]
	if encoder == nil {
		return nil, fmt.Errorf("encoder must be modern2023, legacyDES or legacyRC2, current value is %q", wanted.Encoder)
	}
	if wanted.Iterations > 0 {
		encoder = encoder.WithIterations(wanted.Iterations)
	}
	var authorities []*x509.Certificate
	if wanted.WithAuthority {
		authorities = append(authorities, issuer.certificate)
	}
	if wanted.WithoutPrivateKey {
		certificates := append([]*x509.Certificate{leaf.certificate}, authorities...)
		return encoder.EncodeTrustStore(certificates, wanted.Password)
	}
	return encoder.Encode(leaf.key, leaf.certificate, authorities, wanted.Password)
}
