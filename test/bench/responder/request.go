package main

import (
	"bufio"
	"bytes"
	"strconv"
)

var contentLength = []byte("content-length:")

// readRequest reads one request to its end and finds its answer, the zero one if there is none.
func readRequest(reader *bufio.Reader, answers table) (answer, error) {
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return answer{}, err
	}
	target := methodAndPath(line)
	// Converting inside the index does not copy the line.
	found := answers[string(target)]
	if found.made != nil {
		found.bytes = found.made(query(line[len(target):]))
	}
	length, err := readHeaders(reader)
	if err == nil && length > 0 {
		_, err = reader.Discard(length)
	}
	return found, err
}

// query is "skip=0&take=200" of "?skip=0&take=200 HTTP/1.1".
func query(line []byte) string {
	written, _, _ := bytes.Cut(line, []byte{' '})
	return string(bytes.TrimPrefix(written, []byte{'?'}))
}

// methodAndPath is "GET /qrs/about" of "GET /qrs/about?xrfkey=0123456789abcdef HTTP/1.1".
func methodAndPath(line []byte) []byte {
	space := bytes.IndexByte(line, ' ')
	if space < 0 {
		return nil
	}
	end := bytes.IndexAny(line[space+1:], "? \r\n")
	if end < 0 {
		return nil
	}
	return line[:space+1+end]
}

// readHeaders reads up to the empty line and returns the length of the body behind it.
func readHeaders(reader *bufio.Reader) (length int, err error) {
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		if len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return 0, err
			}
		}
	}
}
