package material

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/qlik"
)

// capacity bounds what is kept by content.
const capacity = 1024

// Material is a connection ready to be used.
type Material struct {
	Connection  *qlik.Connection
	Certificate v1alpha1.Certificate
	// Fingerprint covers fields and all material together, never a password alone, which it would help to guess.
	Fingerprint string
}

// Maker makes material, and keeps by content what is expensive: opened PKCS#12 files and pools of authorities.
type Maker struct {
	cached, live client.Reader
	certificates *lru.Cache
	pools        *lru.Cache
}

// NewMaker reads metadata from a cache and contents from the API server.
func NewMaker(cached, live client.Reader) *Maker {
	return &Maker{cached, live, lru.New(capacity), lru.New(capacity)}
}

// Fields identifies the fields whose change makes it another connection.
func Fields(spec *v1alpha1.QlikServerSpec) string {
	text, err := json.Marshal([]any{spec.Type, spec.OnPremise, spec.Trust})
	if err != nil {
		panic(err) // plain data
	}
	return string(text)
}

// Make returns a *Problem when something is missing or wrong.
func (m *Maker) Make(ctx context.Context, namespace string, spec *v1alpha1.QlikServerSpec) (*Material, error) {
	from := &source{m.cached, m.live, namespace, map[string]map[string][]byte{}}
	site := spec.OnPremise
	address, err := url.Parse(site.ServerURL)
	if err != nil {
		return nil, &Problem{"InvalidAddress", fmt.Sprintf("serverUrl %q has a host that is neither a name nor an IP address", site.ServerURL)}
	}
	trusted, bundles, err := readTrust(ctx, from, spec.Trust)
	if err != nil {
		return nil, err
	}
	certificate, err := m.openCertificate(ctx, from, site.ClientCertificate)
	if err != nil {
		return nil, err
	}
	contents := slices.Concat([][]byte{[]byte(Fields(spec))}, certificate.contents, bundles)
	leaf := certificate.pair.Leaf
	return &Material{
		Connection: &qlik.Connection{
			ServerURL:      address,
			Prefix:         prefixOf(site, address),
			ServiceAccount: qlik.User{Directory: site.UserDirectory, ID: site.ServiceAccountUser},
			Admin:          qlik.ParseUser(site.RepositoryService.AdminUser),
			Repository: qlik.Service{
				Host: site.RepositoryService.Host, Port: site.RepositoryService.Port, TLSServerName: site.RepositoryService.TLSServerName,
			},
			ProxyService: qlik.Service{
				Host: site.ProxyService.Host, Port: site.ProxyService.Port, TLSServerName: site.ProxyService.TLSServerName,
			},
			Browser: &tls.Config{
				RootCAs:            m.pool(trusted, true),
				NextProtos:         []string{"http/1.1"},
				InsecureSkipVerify: site.InsecureSkipTLSVerify,
			},
			Services: &tls.Config{
				RootCAs:            m.pool(slices.Concat(trusted, certificate.authorities), false),
				Certificates:       []tls.Certificate{certificate.pair},
				NextProtos:         []string{"http/1.1"},
				InsecureSkipVerify: site.InsecureSkipTLSVerify,
			},
			NotBefore:   leaf.NotBefore,
			NotAfter:    leaf.NotAfter,
			ProveSignIn: site.VirtualProxyCheck == v1alpha1.VirtualProxyCheckSignIn,
		},
		Certificate: detailsOf(leaf),
		Fingerprint: hex.EncodeToString([]byte(digestOf(contents...)))[:16],
	}, nil
}

func readTrust(ctx context.Context, from *source, sources []v1alpha1.TrustSource) (trusted []*x509.Certificate, bundles [][]byte, err error) {
	for index, each := range sources {
		kind, reference, read := "ConfigMap", each.ConfigMapKeyRef, from.configMapKey
		if reference == nil {
			kind, reference, read = "Secret", each.SecretKeyRef, from.secretKey
		}
		bundle, err := read(ctx, reference.Name, reference.Key)
		if err != nil {
			return nil, nil, err
		}
		where := fmt.Sprintf("spec.trust[%d] (key %q of the %s %q)", index, reference.Key, kind, reference.Name)
		authorities, err := parseAuthorities(bundle, where)
		if err != nil {
			return nil, nil, err
		}
		trusted = append(trusted, authorities...)
		bundles = append(bundles, bundle)
	}
	return trusted, bundles, nil
}

// pool is shared by all connections with equal trust.
func (m *Maker) pool(authorities []*x509.Certificate, withPublicRoots bool) *x509.CertPool {
	contents := [][]byte{fmt.Appendf(nil, "public roots: %t", withPublicRoots)}
	for _, authority := range authorities {
		contents = append(contents, authority.Raw)
	}
	digest := digestOf(contents...)
	if known, ok := m.pools.Get(digest); ok {
		return known.(*x509.CertPool)
	}
	pool := x509.NewCertPool()
	if withPublicRoots {
		if system, err := x509.SystemCertPool(); err == nil {
			pool = system
		}
	}
	for _, authority := range authorities {
		pool.AddCert(authority)
	}
	m.pools.Add(digest, pool)
	return pool
}

// prefixOf is the first path segment, unless a load balancer rewrites the path.
func prefixOf(site *v1alpha1.OnPremise, address *url.URL) string {
	if site.VirtualProxyPrefix != nil {
		return *site.VirtualProxyPrefix
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(address.Path, "/"), "/")
	return first
}

func digestOf(contents ...[]byte) string {
	hash := sha256.New()
	for _, content := range contents {
		_ = binary.Write(hash, binary.BigEndian, int64(len(content)))
		_, _ = hash.Write(content)
	}
	return string(hash.Sum(nil))
}

func timestamp(at time.Time) metav1.Time {
	return metav1.NewTime(at.UTC().Truncate(time.Second))
}
