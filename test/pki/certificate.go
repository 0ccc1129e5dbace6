package main

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"time"
)

// certificateRequest asks for a leaf. Without an issuer it signs itself.
type certificateRequest struct {
	CommonName  string                   `json:"commonName"`
	Issuer      string                   `json:"issuer"`
	DNSNames    []string                 `json:"dnsNames"`
	IPAddresses []net.IP                 `json:"ipAddresses"`
	Usage       string                   `json:"usage"`
	KeyType     string                   `json:"keyType"`
	NotBefore   time.Time                `json:"notBefore"`
	NotAfter    time.Time                `json:"notAfter"`
	Bundles     map[string]bundleRequest `json:"bundles"`
}

type issuedCertificate struct {
	keyPair
	CA      string            `json:"ca"`
	Bundles map[string][]byte `json:"bundles"`
}

var usages = map[string]x509.ExtKeyUsage{
	"server": x509.ExtKeyUsageServerAuth,
	"client": x509.ExtKeyUsageClientAuth,
	"other":  x509.ExtKeyUsageCodeSigning,
}

func issue(wanted certificateRequest, authorities map[string]*authority) (*issuedCertificate, error) {
	leaf, issuer, err := sign(wanted, authorities)
	if err != nil {
		return nil, err
	}
	issued := issuedCertificate{leaf.pem, issuer.pem.Cert, map[string][]byte{}}
	for name, each := range wanted.Bundles {
		if issued.Bundles[name], err = encodeBundle(each, leaf, issuer); err != nil {
			return nil, fmt.Errorf("bundle %q: %w", name, err)
		}
	}
	return &issued, nil
}

func sign(wanted certificateRequest, authorities map[string]*authority) (leaf, issuer *authority, err error) {
	key, err := newKey(wanted.KeyType)
	if err != nil {
		return nil, nil, err
	}
	template, err := leafTemplate(wanted)
	if err != nil {
		return nil, nil, err
	}
	issuer = authorities[wanted.Issuer]
	if issuer == nil {
		if wanted.Issuer != "" {
			return nil, nil, fmt.Errorf("unknown issuer %q", wanted.Issuer)
		}
		issuer = &authority{certificate: template, key: key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.certificate, key.Public(), issuer.key)
	if err != nil {
		return nil, nil, err
	}
	if leaf, err = assemble(der, key); err != nil {
		return nil, nil, err
	}
	if wanted.Issuer == "" {
		issuer = leaf
	}
	return leaf, issuer, nil
}

func leafTemplate(wanted certificateRequest) (*x509.Certificate, error) {
	usage, known := usages[wanted.Usage]
	if !known {
		return nil, fmt.Errorf("usage must be server, client or other, current value is %q", wanted.Usage)
	}
	template, err := newTemplate(pkix.Name{CommonName: wanted.CommonName}, wanted.NotBefore, wanted.NotAfter)
	if err != nil {
		return nil, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	template.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	template.DNSNames = wanted.DNSNames
	template.IPAddresses = wanted.IPAddresses
	return template, nil
}

// newTemplate fills what every certificate has; a zero date means an hour ago and a year from now.
func newTemplate(subject pkix.Name, notBefore, notAfter time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	if notBefore.IsZero() {
		notBefore = time.Now().Add(-time.Hour)
	}
	if notAfter.IsZero() {
		notAfter = time.Now().AddDate(1, 0, 0)
	}
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: notBefore, NotAfter: notAfter}, nil
}
