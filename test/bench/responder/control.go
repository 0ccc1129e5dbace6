package main

import (
	"encoding/json"
	"net/http"
)

// control serves the counters over plain HTTP.
type control struct {
	server *http.Server
	port   int
}

func openControl(counters *counters) (*control, error) {
	listener, port, err := listen()
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /counters", func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(counters)
	})
	server := &http.Server{Handler: routes}
	go func() { _ = server.Serve(listener) }()
	return &control{server, port}, nil
}

func (c *control) close() {
	_ = c.server.Close()
}
