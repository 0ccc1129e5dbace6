package main

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const streams = 40

// appColumns are those that the operator asks for; what a request asks for is not looked at.
const appColumns = `"id","name","published","publishTime","modifiedDate","lastReloadTime","streamId","streamName",` +
	`"ownerDirectory","ownerId","description","fileSize"`

// published is when all apps were published, and modified for the first time.
var published = time.Date(2025, time.October, 1, 6, 0, 0, 0, time.UTC)

// catalogue has the published apps of the site in the order of their ids, each as a row that only needs to be copied.
type catalogue struct {
	mutex   sync.RWMutex
	rows    [][]byte
	changes int
}

func newCatalogue(apps int) *catalogue {
	made := &catalogue{rows: make([][]byte, apps)}
	for index := range made.rows {
		made.rows[index] = appRow(index, 0)
	}
	return made
}

// change modifies so many apps, spread over all of them; false if there are not that many.
func (c *catalogue) change(count int) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if count < 0 || count > len(c.rows) {
		return false
	}
	c.changes++
	for nth := range count {
		index := nth * len(c.rows) / count
		c.rows[index] = appRow(index, c.changes)
	}
	return true
}

func (c *catalogue) countAnswer() []byte {
	return response("200 OK", jsonType, fmt.Sprintf(`{"value":%d}`, len(c.rows)))
}

func (c *catalogue) streamsAnswer() []byte {
	listed := make([]string, streams)
	for index := range listed {
		listed[index] = fmt.Sprintf(`{"id":%q,"name":%q,"privileges":null}`, streamID(index), streamName(index))
	}
	return response("200 OK", jsonType, "["+strings.Join(listed, ",")+"]")
}

// tableAnswer is a page in the order of the ids. Whoever wants another order wants the newest publication.
func (c *catalogue) tableAnswer(query string) []byte {
	parameters, _ := url.ParseQuery(query)
	skip, _ := strconv.Atoi(parameters.Get("skip"))
	take, _ := strconv.Atoi(parameters.Get("take"))
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if parameters.Get("sortColumn") == "publishTime" {
		return tableOf(`"publishTime"`, fmt.Appendf(nil, "[%q]", iso(published)))
	}
	first := min(max(skip, 0), len(c.rows))
	last := min(first+max(take, 0), len(c.rows))
	return tableOf(appColumns, bytes.Join(c.rows[first:last], []byte{','}))
}

func tableOf(columns string, rows []byte) []byte {
	body := fmt.Sprintf(`{"id":"0d4a4e6a-6c0c-4be4-8f0a-3c6f3b8f9a10","columnNames":[%s],"rows":[%s],"schemaPath":"Table"}`, columns, rows)
	return response("201 Created", jsonType, body)
}

// appRow is as long as the row of a usual app.
func appRow(index, change int) []byte {
	stream := index % streams
	return fmt.Appendf(nil, `["%08x-3f1c-4d0e-9b57-6a2c81d0e4f7","Sales and Margin by Region %05d",true,%q,%q,%q,%q,%q,"CORP","developer%03d",%q,%d]`,
		index+1, index+1,
		iso(published), iso(published.Add(time.Duration(change)*time.Minute)), iso(published.Add(-time.Hour)),
		streamID(stream), streamName(stream), index%200,
		"Revenue, margin and budget of the current and the last three years, by region, product group and customer.",
		1_000_000+index)
}

func streamID(index int) string {
	return fmt.Sprintf("aaec8d41-5201-43ab-809f-%012x", index+1)
}

func streamName(index int) string {
	return fmt.Sprintf("Department %02d", index+1)
}

func iso(at time.Time) string {
	return at.Format("2006-01-02T15:04:05.000Z")
}
