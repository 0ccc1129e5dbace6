package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// keyPair is a certificate and its private key, both PEM.
type keyPair struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
}

func newKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "", "ecP256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa1024":
		return rsa.GenerateKey(rand.Reader, 1024)
	case "rsa2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	default:
		return nil, fmt.Errorf("keyType must be ecP256, rsa1024 or rsa2048, current value is %q", kind)
	}
}

func encodePair(der []byte, key crypto.Signer) (*keyPair, error) {
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &keyPair{
		Cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		Key:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})),
	}, nil
}
