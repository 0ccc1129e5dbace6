package qlik

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	connectTimeout = 5 * time.Second
	responseLimit  = 30 * time.Second
	bodyLimit      = 4 << 20
)

// session is one endpoint for the length of one check. Its connection is fresh and its TLS session never resumed, as
// resumption hides that a certificate was withdrawn or has expired.
type session struct {
	endpoint  endpoint
	transport *http.Transport
	client    *http.Client
	timeout   time.Duration
	// answered: a connection cut afterwards says nothing about the client certificate.
	answered bool
}

// reply is a response, read to its end.
type reply struct {
	status  int
	header  http.Header
	body    []byte
	cookies []*http.Cookie
}

// dialer is shared: it has no state.
var dialer = &net.Dialer{Timeout: connectTimeout}

func newSession(to endpoint, timeout time.Duration) *session {
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        to.tls,
		TLSHandshakeTimeout:    connectTimeout,
		DisableCompression:     true,
		MaxConnsPerHost:        1,
		MaxResponseHeaderBytes: 32 << 10,
		// Without HTTP/2, which would change the number of round trips.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &session{endpoint: to, transport: transport, client: client, timeout: min(responseLimit, timeout)}
}

func (s *session) close() {
	s.transport.CloseIdleConnections()
}

// send asks once and reads the whole answer; anything else is a *Failure.
func (s *session) send(ctx context.Context, method, path string, header http.Header, body string) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, "https://"+s.endpoint.address()+path, content)
	if err != nil {
		return nil, err
	}
	if header != nil {
		request.Header = header
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, s.unanswered(err)
	}
	defer response.Body.Close()
	s.answered = true
	read, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit+1))
	if err != nil {
		return nil, s.unanswered(err)
	}
	if len(read) > bodyLimit {
		return nil, s.failure(UnexpectedResponse, fmt.Sprintf("the answer is longer than %d bytes", bodyLimit))
	}
	return &reply{response.StatusCode, response.Header, read, response.Cookies()}, nil
}

func (s *session) failure(kind Kind, detail string) *Failure {
	return &Failure{kind, "api", s.endpoint.address(), detail}
}

// unanswered drops the error itself: its text holds the whole address, with ticket and all.
func (s *session) unanswered(err error) *Failure {
	kind, phase := classify(err, s.endpoint.presentsClientCertificate && !s.answered)
	return &Failure{kind, phase, s.endpoint.address(), details[kind]}
}

// isRejection reports whether the client certificate may be what is not accepted.
func isRejection(err error) bool {
	failure, ok := errors.AsType[*Failure](err)
	return ok && failure.Kind == ClientCertificateRejected
}
