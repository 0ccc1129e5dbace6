package material

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// clientCertificate is one that was opened.
type clientCertificate struct {
	pair tls.Certificate
	// authorities come with it.
	authorities []*x509.Certificate
	// contents are all bytes it was made of.
	contents [][]byte
}

func (m *Maker) openCertificate(ctx context.Context, from *source, wanted v1alpha1.ClientCertificate) (*clientCertificate, error) {
	if wanted.PKCS12 != nil {
		return m.openPKCS12(ctx, from, wanted.PKCS12)
	}
	return openTLS(ctx, from, wanted.TLS.SecretName)
}

// openPKCS12 derives keys from the password thousands of times over, so each content is opened once.
func (m *Maker) openPKCS12(ctx context.Context, from *source, wanted *v1alpha1.PKCS12Source) (*clientCertificate, error) {
	pfx, err := from.secretKey(ctx, wanted.SecretName, wanted.Key)
	if err != nil {
		return nil, err
	}
	passwordSecret := wanted.PasswordSecretName
	if passwordSecret == "" {
		passwordSecret = wanted.SecretName
	}
	password, err := from.secretKey(ctx, passwordSecret, wanted.PasswordKey)
	if err != nil {
		return nil, err
	}
	digest := digestOf(pfx, password)
	if known, ok := m.certificates.Get(digest); ok {
		return known.(*clientCertificate), nil
	}
	where := fmt.Sprintf("the key %q of the Secret %q", wanted.Key, wanted.SecretName)
	key, certificate, authorities, err := pkcs12.DecodeChain(pfx, string(password))
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, &Problem{"WrongPassword", where + " does not open with the password given"}
	}
	if err != nil {
		return nil, &Problem{"NotPkcs12", where + " is not a PKCS#12 file"}
	}
	opened := &clientCertificate{
		pair:        tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key, Leaf: certificate},
		authorities: authorities,
		contents:    [][]byte{pfx, password},
	}
	m.certificates.Add(digest, opened)
	return opened, nil
}

func openTLS(ctx context.Context, from *source, name string) (*clientCertificate, error) {
	certificate, err := from.secretKey(ctx, name, "tls.crt")
	if err != nil {
		return nil, err
	}
	key, err := from.secretKey(ctx, name, "tls.key")
	if err != nil {
		return nil, err
	}
	opened := &clientCertificate{contents: [][]byte{certificate, key}}
	if opened.pair, err = tls.X509KeyPair(certificate, key); err != nil {
		return nil, &Problem{"InvalidCertificate", fmt.Sprintf(
			"tls.crt and tls.key of the Secret %q cannot be used: they must be in PEM form and belong together", name)}
	}
	data, err := from.secret(ctx, name)
	if bundle, ok := data["ca.crt"]; err == nil && ok {
		opened.contents = append(opened.contents, bundle)
		opened.authorities, err = parseAuthorities(bundle, fmt.Sprintf("the key \"ca.crt\" of the Secret %q", name))
	}
	return opened, err
}

func parseAuthorities(bundle []byte, where string) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &Problem{"InvalidCA", fmt.Sprintf("%s holds a certificate that cannot be read (number %d)", where, len(found)+1)}
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, &Problem{"InvalidCA", where + ` holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`}
	}
	return found, nil
}

// detailsOf is what users are told of a client certificate.
func detailsOf(certificate *x509.Certificate) v1alpha1.Certificate {
	pairs := make([]string, 0, sha256.Size)
	for _, octet := range sha256.Sum256(certificate.Raw) {
		pairs = append(pairs, fmt.Sprintf("%02X", octet))
	}
	return v1alpha1.Certificate{
		Subject:     certificate.Subject.String(),
		Issuer:      certificate.Issuer.String(),
		NotAfter:    timestamp(certificate.NotAfter),
		Fingerprint: strings.Join(pairs, ":"),
	}
}
