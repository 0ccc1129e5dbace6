package main

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// Bodies as the simulator sends them, with the ports left open.
//
//go:embed bodies
var bodies embed.FS

// answer is a whole HTTP response, and how often it was sent.
type answer struct {
	bytes []byte
	count *atomic.Int64
	// made, if there is one, makes the response from the query of the request instead.
	made func(query string) []byte
}

// table finds an answer by method and path, such as "GET /qrs/about"; queries are looked at only where it is made.
type table map[string]answer

type answers struct {
	browser, repository, proxyService table
}

const jsonType = "application/json;charset=utf-8"

var notFound = response("404 Not Found", "text/plain", "Not Found")

func prepareAnswers(ports ports, apps *catalogue, counters *counters) answers {
	fill := strings.NewReplacer("{browserPort}", strconv.Itoa(ports.browser), "{proxyServicePort}", strconv.Itoa(ports.proxyService))
	body := func(name string) string {
		content, err := bodies.ReadFile("bodies/" + name + ".body")
		if err != nil {
			panic(err) // it is part of this program
		}
		return fill.Replace(strings.TrimSpace(string(content)))
	}
	jsonAnswer := func(status, name string, headers ...string) []byte {
		return response(status, jsonType, body(name), headers...)
	}
	counted := func(responses map[string][]byte) table {
		made := table{}
		for path, bytes := range responses {
			made[path] = answer{bytes: bytes, count: counters.of(path)}
		}
		return made
	}
	const ok = "200 OK"
	prepared := answers{
		browser: counted(map[string][]byte{
			"GET /kpi/":            response("302 Found", "text/html", "", "Location: https://localhost:4244/windows_authentication/?targetId=1"),
			"GET /kpi/qps/user":    jsonAnswer(ok, "signed-in", "Set-Cookie: X-Qlik-Session-kpi=5f2b6c1e-5b0a-4d6c-9f0e-2f1f0a7c9b11; Path=/; HttpOnly; Secure"),
			"DELETE /kpi/qps/user": jsonAnswer(ok, "signed-out"),
		}),
		repository: counted(map[string][]byte{
			"GET /qrs/about":                   jsonAnswer(ok, "about"),
			"GET /qrs/user/full":               jsonAnswer(ok, "user"),
			"GET /qrs/app/count":               apps.countAnswer(),
			"GET /qrs/stream":                  apps.streamsAnswer(),
			"GET /qrs/virtualproxyconfig/full": jsonAnswer(ok, "virtualproxyconfig"),
			"GET /qrs/proxyservice/full":       jsonAnswer(ok, "proxyservice"),
			"GET /qrs/servicestatus/full":      jsonAnswer(ok, "servicestatus"),
		}),
		proxyService: counted(map[string][]byte{
			fmt.Sprintf("GET /qps/kpi/user/%s/%s", userDirectory, user): jsonAnswer(ok, "sessions"),
			"POST /qps/kpi/ticket": jsonAnswer("201 Created", "ticket"),
		}),
	}
	const appTable = "POST /qrs/app/table"
	prepared.repository[appTable] = answer{count: counters.of(appTable), made: apps.tableAnswer}
	return prepared
}

func response(status, contentType, body string, headers ...string) []byte {
	head := append([]string{
		"HTTP/1.1 " + status,
		"Content-Type: " + contentType,
		"Content-Length: " + strconv.Itoa(len(body)),
	}, headers...)
	return []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + body)
}
