package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// Store keeps to-dos in memory, and every change in a journal: a file with one line of JSON a change, added to its end.
// A change is whole when its line is. What was not written to the end was never answered, and is dropped at the next start.
type Store struct {
	mutex   sync.RWMutex
	file    *os.File
	size    int64
	todos   []Todo // in order of id
	largest int64
}

// entry is a line of the journal: a to-do as it is from then on, or the id of one that is gone. The largest id that was
// given out comes first in a journal that was written anew.
type entry struct {
	Put     *Todo `json:"put,omitempty"`
	Gone    int64 `json:"gone,omitempty"`
	Largest int64 `json:"largest,omitempty"`
}

// OpenStore reads a journal, which need not be there, and writes it anew without what is outdated.
func OpenStore(path string) (*Store, error) {
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	store := &Store{}
	whole := content[:bytes.LastIndexByte(content, '\n')+1]
	for line := range bytes.Lines(whole) {
		var entry entry
		if err := json.Unmarshal(line, &entry); err != nil {
			return nil, fmt.Errorf("%s is damaged: %w", path, err)
		}
		store.apply(entry)
	}
	if err := store.rewrite(path); err != nil {
		return nil, err
	}
	return store, nil
}

// Close closes the journal.
func (s *Store) Close() error {
	return s.file.Close()
}

// Create stores a to-do under a new id, and returns it with that.
func (s *Store) Create(todo Todo) (Todo, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	todo.ID = s.largest + 1
	return todo, s.record(entry{Put: &todo})
}

// Read returns a to-do; ErrNotFound if there is none.
func (s *Store) Read(id int64) (Todo, error) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	at, found := s.find(id)
	if !found {
		return Todo{}, ErrNotFound
	}
	return s.todos[at], nil
}

// Update stores what change makes of a to-do, and returns it; nothing else happens in between.
func (s *Store) Update(id int64, change func(Todo) (Todo, error)) (Todo, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	at, found := s.find(id)
	if !found {
		return Todo{}, ErrNotFound
	}
	todo, err := change(s.todos[at])
	if err != nil {
		return Todo{}, err
	}
	todo.ID = id
	return todo, s.record(entry{Put: &todo})
}

// Delete removes a to-do; ErrNotFound if there is none.
func (s *Store) Delete(id int64) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, found := s.find(id); !found {
		return ErrNotFound
	}
	return s.record(entry{Gone: id})
}

// Page returns one page of the to-dos that match, never nil, and how many match in all.
func (s *Store) Page(query Query) (items []Todo, total int) {
	matching := s.matching(query)
	switch query.Sort {
	case "-id":
		slices.Reverse(matching)
	case "due":
		slices.SortStableFunc(matching, byDue)
	}
	first := min(query.Offset, len(matching))
	last := first + min(query.Limit, len(matching)-first)
	return matching[first:last], len(matching)
}

func (s *Store) matching(query Query) []Todo {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	text := lower(query.Text)
	matching := []Todo{}
	for _, todo := range s.todos {
		if (query.Done == nil || *query.Done == todo.Done) && strings.Contains(lower(todo.Title), text) {
			matching = append(matching, todo)
		}
	}
	return matching
}

func byDue(a, b Todo) int {
	switch {
	case a.Due == nil && b.Due == nil:
		return 0
	case a.Due == nil:
		return 1
	case b.Due == nil:
		return -1
	}
	return cmp.Compare(*a.Due, *b.Due)
}

// lower folds A to Z and nothing else.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, text)
}

// record writes a change to the journal, and makes it only if that worked.
func (s *Store) record(change entry) error {
	line, err := json.Marshal(change)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	_, err = s.file.WriteAt(line, s.size)
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		return errors.Join(err, s.file.Truncate(s.size)) // half a line would spoil the next one
	}
	s.size += int64(len(line))
	s.apply(change)
	return nil
}

func (s *Store) apply(change entry) {
	s.largest = max(s.largest, change.Largest)
	if change.Put == nil {
		if at, found := s.find(change.Gone); found {
			s.todos = slices.Delete(s.todos, at, at+1)
		}
		return
	}
	s.largest = max(s.largest, change.Put.ID)
	at, found := s.find(change.Put.ID)
	if !found {
		s.todos = slices.Insert(s.todos, at, Todo{})
	}
	s.todos[at] = *change.Put
}

func (s *Store) find(id int64) (at int, found bool) {
	return slices.BinarySearchFunc(s.todos, id, func(todo Todo, id int64) int { return cmp.Compare(todo.ID, id) })
}

// rewrite replaces the journal by one of the present state. The old one is there until the new one is whole.
func (s *Store) rewrite(path string) error {
	entries := []entry{{Largest: s.largest}}
	for i := range s.todos {
		entries = append(entries, entry{Put: &s.todos[i]})
	}
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	for _, entry := range entries {
		if err := encoder.Encode(entry); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	s.file, s.size = file, int64(content.Len())
	if _, err := file.Write(content.Bytes()); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
