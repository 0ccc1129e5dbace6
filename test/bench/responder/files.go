package main

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"

	"software.sslmate.com/src/go-pkcs12"
)

// writeFiles leaves what an operator needs of the site in a folder that only its owner can read.
func writeFiles(folder string, keys *keys) error {
	password := rand.Text()
	pfx, err := pkcs12.Modern2023.Encode(keys.client.PrivateKey, keys.client.Leaf, nil, password)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(keys.client.PrivateKey)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"client.pfx": pfx,
		"password":   []byte(password),
		"ca.crt":     encodePEM("CERTIFICATE", keys.authority.Raw),
		"tls.crt":    encodePEM("CERTIFICATE", keys.client.Leaf.Raw),
		"tls.key":    encodePEM("PRIVATE KEY", key),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
