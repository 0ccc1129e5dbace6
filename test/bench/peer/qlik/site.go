package qlik

import (
	"crypto/tls"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// defaultProxyServicePort holds where neither the spec nor the site names another.
const defaultProxyServicePort = 4243

// Connection is everything needed to talk to one site.
type Connection struct {
	ServerURL *url.URL
	// Prefix of the virtual proxy as the site knows it.
	Prefix         string
	ServiceAccount User
	Admin          User
	Repository     Service
	ProxyService   Service
	// Browser trusts public roots too and presents no certificate, which serverUrl would ignore.
	Browser *tls.Config
	// Services trusts only the site and presents the client certificate.
	Services            *tls.Config
	NotBefore, NotAfter time.Time
	// ProveSignIn makes VirtualProxyReady sign in; else its configuration is all that is looked at.
	ProveSignIn bool
}

// Service is where a service listens; zero values mean the usual place.
type Service struct {
	Host          string
	Port          int
	TLSServerName string
}

// endpoint is one TLS listener and how to trust it.
type endpoint struct {
	host                      string
	port                      int
	tls                       *tls.Config
	presentsClientCertificate bool
}

func (e endpoint) address() string {
	return net.JoinHostPort(e.host, strconv.Itoa(e.port))
}

func (c *Connection) browser() endpoint {
	port := 443
	if given, err := strconv.Atoi(c.ServerURL.Port()); err == nil {
		port = given
	}
	return endpoint{c.ServerURL.Hostname(), port, c.Browser, false}
}

// basePath is the path of serverUrl without a slash at its end.
func (c *Connection) basePath() string {
	return strings.TrimRight(c.ServerURL.Path, "/")
}

func (c *Connection) repository() endpoint {
	host := c.Repository.Host
	if host == "" {
		host = c.ServerURL.Hostname()
	}
	return endpoint{host, c.Repository.Port, named(c.Services, c.Repository.TLSServerName), true}
}

// proxyService is where a proxy service listens that the site has told of.
func (c *Connection) proxyService(host string, learntPort int) endpoint {
	port := c.ProxyService.Port
	if port == 0 {
		port = learntPort
	}
	if port == 0 {
		port = defaultProxyServicePort
	}
	return endpoint{host, port, named(c.Services, c.ProxyService.TLSServerName), true}
}

func named(config *tls.Config, serverName string) *tls.Config {
	if serverName == "" {
		return config
	}
	named := config.Clone()
	named.ServerName = serverName
	return named
}
