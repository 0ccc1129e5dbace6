package main

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// control serves the counters over plain HTTP, and changes apps.
type control struct {
	server *http.Server
	port   int
}

func openControl(counters *counters, apps *catalogue) (*control, error) {
	listener, port, err := listen()
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /counters", func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(counters)
	})
	routes.HandleFunc("POST /change", func(writer http.ResponseWriter, request *http.Request) {
		count, err := strconv.Atoi(request.URL.Query().Get("apps"))
		if err != nil || !apps.change(count) {
			http.Error(writer, "apps must be a number of apps that the site has", http.StatusBadRequest)
		}
	})
	server := &http.Server{Handler: routes}
	go func() { _ = server.Serve(listener) }()
	return &control{server, port}, nil
}

func (c *control) close() {
	_ = c.server.Close()
}
