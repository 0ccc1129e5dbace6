package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"time"
)

// keys are made anew at each start: an authority and what it issued.
type keys struct {
	authority *x509.Certificate
	server    tls.Certificate
	client    tls.Certificate
}

func newKeys(keyType string) (*keys, error) {
	authorityKey, err := newKey(keyType)
	if err != nil {
		return nil, err
	}
	template := newTemplate("responder-CA")
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	root, err := issue(template, template, authorityKey, authorityKey)
	if err != nil {
		return nil, err
	}
	leaf := func(template *x509.Certificate, usage x509.ExtKeyUsage) (tls.Certificate, error) {
		key, err := newKey(keyType)
		if err != nil {
			return tls.Certificate{}, err
		}
		template.KeyUsage = x509.KeyUsageDigitalSignature
		template.ExtKeyUsage = []x509.ExtKeyUsage{usage}
		return issue(template, root.Leaf, key, authorityKey)
	}
	server := newTemplate("localhost")
	server.DNSNames = []string{"localhost"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	made := keys{authority: root.Leaf}
	if made.server, err = leaf(server, x509.ExtKeyUsageServerAuth); err != nil {
		return nil, err
	}
	made.client, err = leaf(newTemplate("QlikClient"), x509.ExtKeyUsageClientAuth)
	return &made, err
}

func newKey(keyType string) (crypto.Signer, error) {
	switch keyType {
	case "ecP256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	default:
		return nil, fmt.Errorf("--key-type must be ecP256 or rsa2048, current value is %q", keyType)
	}
}

// newTemplate is valid from an hour ago, as clocks differ, for a year.
func newTemplate(commonName string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: commonName},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
	}
}

func issue(template, issuer *x509.Certificate, key, issuerKey crypto.Signer) (tls.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: certificate}, err
}
