package main

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"time"
)

// authorityRequest asks for a new self-signed root, or hands in one from an earlier answer.
type authorityRequest struct {
	CommonName string    `json:"commonName"`
	KeyType    string    `json:"keyType"`
	NotBefore  time.Time `json:"notBefore"`
	NotAfter   time.Time `json:"notAfter"`
	Existing   *keyPair  `json:"existing"`
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	pem         keyPair
}

func newAuthority(wanted authorityRequest) (*authority, error) {
	if wanted.Existing != nil {
		return existingAuthority(*wanted.Existing)
	}
	key, err := newKey(wanted.KeyType)
	if err != nil {
		return nil, err
	}
	template, err := newTemplate(pkix.Name{CommonName: wanted.CommonName}, wanted.NotBefore, wanted.NotAfter)
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return assemble(der, key)
}

func existingAuthority(existing keyPair) (*authority, error) {
	pair, err := tls.X509KeyPair([]byte(existing.Cert), []byte(existing.Key))
	if err != nil {
		return nil, err
	}
	return &authority{pair.Leaf, pair.PrivateKey.(crypto.Signer), existing}, nil
}

func assemble(der []byte, key crypto.Signer) (*authority, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	pair, err := encodePair(der, key)
	if err != nil {
		return nil, err
	}
	return &authority{certificate, key, *pair}, nil
}
