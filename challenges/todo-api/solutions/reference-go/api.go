package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strconv"
	"unicode/utf8"
)

const maxBody = 1 << 20

// handler answers a request: with a status and what becomes the JSON of the body, or with an error.
type handler func(w http.ResponseWriter, r *http.Request) (status int, answer any, err error)

// API is the HTTP side of a Store.
type API struct {
	store *Store
}

// Page is one page of the to-dos that match a Query.
type Page struct {
	Items  []Todo `json:"items"`
	Total  int    `json:"total"`
	Limit  int    `json:"limit"`
	Offset int    `json:"offset"`
}

// NewAPI returns the handler of all requests.
func NewAPI(store *Store) http.Handler {
	api := API{store}
	mux := http.NewServeMux()
	mux.Handle("GET /todos", handler(api.list))
	mux.Handle("POST /todos", handler(api.create))
	mux.Handle("GET /todos/{id}", handler(api.read))
	mux.Handle("PATCH /todos/{id}", handler(api.change))
	mux.Handle("PUT /todos/{id}", handler(api.replace))
	mux.Handle("DELETE /todos/{id}", handler(api.remove))
	// less specific than those above, and in JSON, which the answers of ServeMux itself are not
	mux.Handle("/todos", allow("GET, HEAD, POST"))
	mux.Handle("/todos/{id}", allow("GET, HEAD, PATCH, PUT, DELETE"))
	mux.Handle("/", handler(notFound))
	return withoutRedirects(mux)
}

func (api API) list(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	query, err := ParseQuery(r.URL.Query())
	if err != nil {
		return 0, nil, err
	}
	items, total := api.store.Page(query)
	return http.StatusOK, Page{Items: items, Total: total, Limit: query.Limit, Offset: query.Offset}, nil
}

func (api API) create(w http.ResponseWriter, r *http.Request) (int, any, error) {
	body, err := readObject(w, r)
	if err != nil {
		return 0, nil, err
	}
	todo, err := NewTodo(body)
	if err != nil {
		return 0, nil, err
	}
	todo, err = api.store.Create(todo)
	if err != nil {
		return 0, nil, err
	}
	w.Header().Set("Location", "/todos/"+strconv.FormatInt(todo.ID, 10))
	return http.StatusCreated, todo, nil
}

func (api API) read(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	todo, err := api.store.Read(id)
	return http.StatusOK, todo, err
}

func (api API) change(w http.ResponseWriter, r *http.Request) (int, any, error) {
	return api.update(w, r, Change)
}

func (api API) replace(w http.ResponseWriter, r *http.Request) (int, any, error) {
	return api.update(w, r, func(_ Todo, body Object) (Todo, error) { return NewTodo(body) })
}

// update stores what next makes of a to-do and a body. The store holds still meanwhile, so that no change is lost.
func (api API) update(w http.ResponseWriter, r *http.Request, next func(Todo, Object) (Todo, error)) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	body, err := readObject(w, r)
	if err != nil {
		return 0, nil, err
	}
	todo, err := api.store.Update(id, func(before Todo) (Todo, error) { return next(before, body) })
	return http.StatusOK, todo, err
}

func (api API) remove(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, api.store.Delete(id)
}

func notFound(http.ResponseWriter, *http.Request) (int, any, error) {
	return 0, nil, ErrNotFound
}

func allow(methods string) handler {
	return func(w http.ResponseWriter, _ *http.Request) (int, any, error) {
		w.Header().Set("Allow", methods)
		return 0, nil, ErrMethod
	}
}

// withoutRedirects lets no path reach a ServeMux that it would answer with a redirect in HTML.
func withoutRedirects(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path.Clean(r.URL.Path) {
			handler(notFound).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP sends what the handler answers as JSON.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, answer, err := h(w, r)
	if err != nil {
		problem := asProblem(err)
		if problem.status == http.StatusInternalServerError {
			slog.ErrorContext(r.Context(), "cannot answer", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		status, answer = problem.status, problem.body()
	}
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		slog.WarnContext(r.Context(), "the client went away", "error", err)
	}
}

// pathID returns the id in the path. One that is not written as ours are belongs to no to-do.
func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != r.PathValue("id") {
		return 0, ErrNotFound
	}
	return id, nil
}

func readObject(w http.ResponseWriter, r *http.Request) (Object, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, ErrMediaType
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	var object Object
	// json.Unmarshal would repair text that is not UTF-8, and take null for a map
	if !utf8.Valid(content) || json.Unmarshal(content, &object) != nil || object == nil {
		return nil, ErrMalformed
	}
	return object, nil
}
