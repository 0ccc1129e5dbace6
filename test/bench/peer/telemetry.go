package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// serveTelemetry serves /metrics, /livez and /readyz, and says where in one line on stdout once the caches are there.
func serveTelemetry(with ctrl.Manager, options options) error {
	var synced atomic.Bool
	exposition := http.NewServeMux()
	exposition.Handle("/metrics", promhttp.HandlerFor(metrics.Registry, promhttp.HandlerOpts{}))
	health := http.NewServeMux()
	health.Handle("/livez", healthz.CheckHandler{Checker: healthz.Ping})
	health.Handle("/readyz", healthz.CheckHandler{Checker: func(*http.Request) error {
		if synced.Load() {
			return nil
		}
		return errors.New("QlikServers have not been read yet")
	}})
	metricsAddress, err := serve(with, "metrics", options.metricsAddress, exposition)
	if err != nil {
		return err
	}
	healthAddress, err := serve(with, "health", options.healthAddress, health)
	if err != nil {
		return err
	}
	return with.Add(notLeading(func(ctx context.Context) error {
		if !with.GetCache().WaitForCacheSync(ctx) {
			return nil // told to end before
		}
		synced.Store(true)
		return json.NewEncoder(os.Stdout).Encode(map[string]string{"metrics": metricsAddress, "health": healthAddress})
	}))
}

func serve(with ctrl.Manager, name, address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	server := &manager.Server{Name: name, Server: &http.Server{Handler: handler}, Listener: listener}
	return listener.Addr().String(), with.Add(server)
}

// notLeading runs whether or not this process holds the lease.
type notLeading func(context.Context) error

func (f notLeading) Start(ctx context.Context) error { return f(ctx) }

func (notLeading) NeedLeaderElection() bool { return false }
