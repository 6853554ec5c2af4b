package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxTitle     = 200
	maxNotes     = 2000
	maxLimit     = 100
	defaultLimit = 20
)

// Object is a JSON object whose values are not yet looked at.
type Object map[string]json.RawMessage

// Todo is a to-do as clients and the journal have it.
type Todo struct {
	ID    int64   `json:"id"`
	Title string  `json:"title"`
	Notes string  `json:"notes"`
	Done  bool    `json:"done"`
	Due   *string `json:"due"`
}

// Query says which to-dos a list holds, and in which order. Done is nil where both are wanted.
type Query struct {
	Done   *bool
	Text   string
	Sort   string
	Limit  int
	Offset int
}

// setters hold the rule of each field: what a client may send, and how it is kept.
var setters = map[string]func(*Todo, json.RawMessage) error{
	"title": func(todo *Todo, value json.RawMessage) (err error) {
		todo.Title, err = title(value)
		return err
	},
	"notes": func(todo *Todo, value json.RawMessage) (err error) {
		todo.Notes, err = text(value, maxNotes)
		return err
	},
	"done": func(todo *Todo, value json.RawMessage) (err error) {
		todo.Done, err = boolean(string(value))
		return err
	},
	"due": func(todo *Todo, value json.RawMessage) (err error) {
		todo.Due, err = date(value)
		return err
	},
}

var filters = map[string]func(*Query, string) error{
	"done": func(query *Query, value string) error {
		done, err := boolean(value)
		query.Done = &done
		return err
	},
	"q": func(query *Query, value string) error {
		query.Text = value
		return nil
	},
	"sort": func(query *Query, value string) error {
		query.Sort = value
		if !slices.Contains([]string{"id", "-id", "due"}, value) {
			return errors.New("must be id, -id or due")
		}
		return nil
	},
	"limit": func(query *Query, value string) (err error) {
		query.Limit, err = integer(value, 1, maxLimit)
		return err
	},
	"offset": func(query *Query, value string) (err error) {
		query.Offset, err = integer(value, 0, math.MaxInt)
		return err
	},
}

// NewTodo returns the to-do that a body describes, with defaults for what it leaves out.
func NewTodo(body Object) (Todo, error) {
	return change(Todo{}, body, "title")
}

// Change returns a to-do with the fields that are in a body, and all others as they were.
func Change(before Todo, body Object) (Todo, error) {
	return change(before, body)
}

func change(todo Todo, body Object, required ...string) (Todo, error) {
	refused := map[string]string{}
	for _, name := range required {
		refused[name] = "is required"
	}
	for name, set := range setters {
		value, sent := body[name]
		if !sent {
			continue
		}
		delete(refused, name)
		if err := set(&todo, value); err != nil {
			refused[name] = err.Error()
		}
	}
	if len(refused) > 0 {
		return Todo{}, Invalid(refused)
	}
	return todo, nil
}

// ParseQuery returns what the parameters of a list ask for.
func ParseQuery(parameters url.Values) (Query, error) {
	query := Query{Sort: "id", Limit: defaultLimit}
	refused := map[string]string{}
	for name, set := range filters {
		if !parameters.Has(name) {
			continue
		}
		if err := set(&query, parameters.Get(name)); err != nil {
			refused[name] = err.Error()
		}
	}
	if len(refused) > 0 {
		return Query{}, Invalid(refused)
	}
	return query, nil
}

func title(value json.RawMessage) (string, error) {
	decoded, err := decode(value)
	if err != nil {
		return "", err
	}
	trimmed := strings.TrimSpace(decoded)
	if trimmed == "" {
		return "", errors.New("must not be blank")
	}
	return atMost(trimmed, maxTitle)
}

func text(value json.RawMessage, length int) (string, error) {
	decoded, err := decode(value)
	if err != nil {
		return "", err
	}
	return atMost(decoded, length)
}

// escape matches one escape of JSON's, or the two that make one character of a surrogate pair.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.`)

// decode returns the text of a JSON string. Half a surrogate pair, which encoding/json would replace, is refused.
func decode(value json.RawMessage) (string, error) {
	if value[0] != '"' {
		return "", errors.New("must be a string")
	}
	for _, found := range escape.FindAllString(string(value), -1) {
		if code := strings.ToLower(found); len(found) == len(`\ud800`) && code >= `\ud800` && code <= `\udfff` {
			return "", errors.New("must not hold half a surrogate pair")
		}
	}
	var decoded string
	err := json.Unmarshal(value, &decoded)
	return decoded, err
}

func atMost(text string, length int) (string, error) {
	if utf8.RuneCountInString(text) > length {
		return "", fmt.Errorf("must have at most %d characters", length)
	}
	return text, nil
}

func boolean(value string) (bool, error) {
	if value != "true" && value != "false" {
		return false, errors.New("must be true or false")
	}
	return value == "true", nil
}

func date(value json.RawMessage) (*string, error) {
	if string(value) == "null" {
		return nil, nil
	}
	var due string
	err := json.Unmarshal(value, &due)
	// what is read and written again is in the one spelling; the calendar begins with the year 1
	day, parsing := time.Parse(time.DateOnly, due)
	if err != nil || parsing != nil || day.Year() < 1 || day.Format(time.DateOnly) != due {
		return nil, errors.New("must be null or a date that exists, written YYYY-MM-DD")
	}
	return &due, nil
}

func integer(value string, least, most int) (int, error) {
	if value == "" || strings.Trim(value, "0123456789") != "" {
		return 0, errors.New("must be an integer")
	}
	number, err := strconv.Atoi(value)
	if errors.Is(err, strconv.ErrRange) {
		number = math.MaxInt // nothing is stored beyond
	}
	if number < least || number > most {
		return 0, fmt.Errorf("must be from %d to %d", least, most)
	}
	return number, nil
}
