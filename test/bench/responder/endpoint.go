package main

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"
)

// handshakeDeadline frees what a client that goes silent would hold.
const handshakeDeadline = 10 * time.Second

// endpoint answers on one port. It reads just enough of HTTP/1.1 to find the answer and the next request: net/http
// would spend more CPU on a request than all the rest of it costs here.
type endpoint struct {
	listener net.Listener
	tls      *tls.Config
	answers  table
	other    *atomic.Int64
	counters *counters
	latency  time.Duration
}

// serve accepts connections until the listener is closed.
func (e *endpoint) serve() {
	for {
		connection, err := e.listener.Accept()
		if err != nil {
			return
		}
		go e.converse(tls.Server(connection, e.tls))
	}
}

func (e *endpoint) converse(connection *tls.Conn) {
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(handshakeDeadline))
	if connection.Handshake() != nil {
		return
	}
	_ = connection.SetDeadline(time.Time{})
	e.counters.handshake(connection.ConnectionState())
	reader := bufio.NewReader(connection)
	for {
		target, err := readRequest(reader, e.answers)
		if err != nil {
			return
		}
		e.counters.requests.Add(1)
		if target.count == nil {
			target = answer{bytes: notFound, count: e.other}
		}
		target.count.Add(1)
		if e.latency > 0 {
			time.Sleep(e.latency)
		}
		if _, err := connection.Write(target.bytes); err != nil {
			return
		}
	}
}
