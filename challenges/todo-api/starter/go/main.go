// A to-do list API: a first request that works. The rest is yours.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"sync"
)

// Todo is a to-do as clients see it.
type Todo struct {
	ID    int     `json:"id"`
	Title string  `json:"title"`
	Notes string  `json:"notes"`
	Done  bool    `json:"done"`
	Due   *string `json:"due"`
}

var (
	mutex sync.Mutex
	// gone when the process is: the statement asks for more
	todos []Todo
)

func main() {
	http.HandleFunc("POST /todos", create)
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) })
	port := os.Getenv("PORT")
	if port == "" {
		port = "8000"
	}
	log.Fatal(http.ListenAndServe(":"+port, nil))
}

func create(w http.ResponseWriter, r *http.Request) {
	var todo Todo
	if err := json.NewDecoder(r.Body).Decode(&todo); err != nil {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	mutex.Lock()
	defer mutex.Unlock()
	todo = Todo{ID: len(todos) + 1, Title: todo.Title}
	todos = append(todos, todo)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(todo)
}
