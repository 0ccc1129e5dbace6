package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"
)

// The service account that every prepared answer is about.
const (
	userDirectory = "CORP"
	user          = "svc_kpi"
)

// site listens where a Qlik Sense site does: proxy (443), repository service (4242) and proxy service (4243).
type site struct {
	browser, repository, proxyService net.Listener
	ports                             ports
}

type ports struct {
	browser, repository, proxyService int
}

// description is the line that says where the site is.
type description struct {
	ServerURL        string `json:"serverUrl"`
	RepositoryPort   int    `json:"repositoryPort"`
	ProxyServicePort int    `json:"proxyServicePort"`
	UserDirectory    string `json:"userDirectory"`
	User             string `json:"user"`
	Out              string `json:"out"`
	ControlPort      int    `json:"controlPort,omitempty"`
}

func openSite(keys *keys, apps *catalogue, counters *counters, latency time.Duration) (*site, error) {
	var opened site
	var err error
	for _, each := range []struct {
		listener *net.Listener
		port     *int
	}{
		{&opened.browser, &opened.ports.browser},
		{&opened.repository, &opened.ports.repository},
		{&opened.proxyService, &opened.ports.proxyService},
	} {
		if *each.listener, *each.port, err = listen(); err != nil {
			return nil, err
		}
	}
	browser := &tls.Config{
		Certificates: []tls.Certificate{keys.server},
		NextProtos:   []string{"http/1.1"},
		// Nobody is to resume a session, so issuing tickets would only cost both sides.
		SessionTicketsDisabled: true,
	}
	service := browser.Clone()
	service.ClientAuth = tls.RequireAndVerifyClientCert
	service.ClientCAs = x509.NewCertPool()
	service.ClientCAs.AddCert(keys.authority)

	answers := prepareAnswers(opened.ports, apps, counters)
	other := counters.of(otherPath)
	for _, each := range []*endpoint{
		{opened.browser, browser, answers.browser, other, counters, latency},
		{opened.repository, service, answers.repository, other, counters, latency},
		{opened.proxyService, service, answers.proxyService, other, counters, latency},
	} {
		go each.serve()
	}
	return &opened, nil
}

func (s *site) describe(out string) description {
	return description{
		ServerURL:        fmt.Sprintf("https://localhost:%d/kpi", s.ports.browser),
		RepositoryPort:   s.ports.repository,
		ProxyServicePort: s.ports.proxyService,
		UserDirectory:    userDirectory,
		User:             user,
		Out:              out,
	}
}

func (s *site) close() {
	for _, listener := range []net.Listener{s.browser, s.repository, s.proxyService} {
		_ = listener.Close()
	}
}

// listen takes a free loopback port.
func listen() (net.Listener, int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, err
	}
	return listener, listener.Addr().(*net.TCPAddr).Port, nil
}
