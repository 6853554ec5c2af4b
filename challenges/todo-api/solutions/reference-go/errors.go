package main

import (
	"errors"
	"net/http"
)

// Problem is an error that the client can do something about, or at least read.
type Problem struct {
	status  int
	code    string
	message string
	fields  map[string]string
}

// What a request can meet with.
var (
	ErrMalformed = &Problem{http.StatusBadRequest, "malformed", "The body must be a JSON object in UTF-8.", nil}
	ErrNotFound  = &Problem{http.StatusNotFound, "not_found", "There is nothing here.", nil}
	ErrMethod    = &Problem{http.StatusMethodNotAllowed, "method_not_allowed", "The path has no such method.", nil}
	ErrTooLarge  = &Problem{http.StatusRequestEntityTooLarge, "too_large", "The body is too large.", nil}
	ErrMediaType = &Problem{http.StatusUnsupportedMediaType, "unsupported_media_type", "The body must be application/json.", nil}
	errInternal  = &Problem{http.StatusInternalServerError, "internal", "The server is at fault.", nil}
)

// Invalid returns the error for values that are refused: name -> reason.
func Invalid(fields map[string]string) error {
	return &Problem{http.StatusUnprocessableEntity, "invalid", "Some values were not accepted.", fields}
}

func (p *Problem) Error() string {
	return p.message
}

func (p *Problem) body() any {
	type details struct {
		Code    string            `json:"code"`
		Message string            `json:"message"`
		Fields  map[string]string `json:"fields,omitempty"`
	}
	return struct {
		Error details `json:"error"`
	}{details{p.code, p.message, p.fields}}
}

// asProblem returns what a client is told about an error.
func asProblem(err error) *Problem {
	var problem *Problem
	if errors.As(err, &problem) {
		return problem
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return ErrTooLarge
	}
	return errInternal
}
