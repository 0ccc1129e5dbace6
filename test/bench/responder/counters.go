package main

import (
	"crypto/tls"
	"encoding/json"
	"sync"
	"sync/atomic"
)

// otherPath counts whatever no answer was prepared for.
const otherPath = "other"

// counters tell what was asked, so that two clients can be proved to do equal work.
type counters struct {
	handshakes atomic.Int64
	requests   atomic.Int64
	// byPath has a counter per prepared answer, by method and path without query; fixed once the site is open.
	byPath map[string]*atomic.Int64

	mutex sync.Mutex
	// byTLS counts handshakes by what was agreed on: libraries differ in what they offer, and key exchanges in their cost.
	byTLS map[string]int64
}

func newCounters() *counters {
	return &counters{
		byPath: map[string]*atomic.Int64{otherPath: new(atomic.Int64)},
		byTLS:  map[string]int64{},
	}
}

func (c *counters) handshake(state tls.ConnectionState) {
	c.handshakes.Add(1)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.byTLS[state.CurveID.String()+" "+tls.CipherSuiteName(state.CipherSuite)]++
}

// of returns the counter of one method and path.
func (c *counters) of(path string) *atomic.Int64 {
	counter := c.byPath[path]
	if counter == nil {
		counter = new(atomic.Int64)
		c.byPath[path] = counter
	}
	return counter
}

func (c *counters) MarshalJSON() ([]byte, error) {
	byPath := map[string]int64{}
	for path, counter := range c.byPath {
		if count := counter.Load(); count > 0 {
			byPath[path] = count
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return json.Marshal(struct {
		Handshakes int64            `json:"handshakes"`
		Requests   int64            `json:"requests"`
		ByPath     map[string]int64 `json:"byPath"`
		ByTLS      map[string]int64 `json:"byTls"`
	}{c.handshakes.Load(), c.requests.Load(), byPath, c.byTLS})
}
