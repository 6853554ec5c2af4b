// What the API answers. Whatever goes wrong on the way is thrown, and becomes an answer in one place, at the end.

import express from "express";

import { HttpError, Invalid, NotFound } from "./errors.js";
import { Change, ListQuery, NewTodo } from "./schemas.js";

export function createApp(store) {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ verify: refuseWhatIsNotText }));

  app.param("id", (request, _response, next, id) => {
    // what does not look like an id of ours belongs to no to-do
    request.id = /^[1-9][0-9]{0,15}$/.test(id) ? Number(id) : null;
    next();
  });

  app
    .route("/todos")
    .get((request, response) => {
      const query = parse(ListQuery, Object.fromEntries(new URLSearchParams(request.url.split("?")[1])));
      const { items, total } = store.page(query);
      response.json({ items, total, limit: query.limit, offset: query.offset });
    })
    .post((request, response) => {
      const todo = store.create(parse(NewTodo, jsonObject(request)));
      response.status(201).location(`/todos/${todo.id}`).json(todo);
    })
    .all(allowOnly("GET, HEAD, POST"));

  app
    .route("/todos/:id")
    .get((request, response) => {
      response.json(found(store.read(request.id)));
    })
    .patch((request, response) => {
      response.json(found(store.change(request.id, parse(Change, jsonObject(request)))));
    })
    .put((request, response) => {
      response.json(found(store.change(request.id, parse(NewTodo, jsonObject(request)))));
    })
    .delete((request, response) => {
      found(store.delete(request.id));
      response.status(204).end();
    })
    .all(allowOnly("GET, HEAD, PATCH, PUT, DELETE"));

  app.use(() => {
    throw new NotFound("There is no such path.");
  });
  app.use(answerError);
  return app;
}

/** Express would take an empty body for {}, and put replacement characters where bytes are not UTF-8. */
function refuseWhatIsNotText(_request, _response, body) {
  try {
    if (new TextDecoder("utf-8", { fatal: true }).decode(body) !== "") return;
  } catch {
    // told below
  }
  throw new HttpError(400, "malformed", "The body must be JSON in UTF-8.");
}

function jsonObject(request) {
  const [type] = (request.get("Content-Type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new HttpError(415, "unsupported_media_type", "The content type must be application/json.");
  }
  const { body } = request;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "malformed", "The body must be a JSON object.");
  }
  return body;
}

/** Return what the schema makes of the values, or throw one error that names every field it refuses. */
function parse(schema, values) {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new Invalid(Object.fromEntries(result.error.issues.map(({ path, message }) => [path[0], message])));
}

function found(todo) {
  if (todo === undefined) throw new NotFound("There is no such to-do.");
  return todo;
}

function allowOnly(methods) {
  return (_request, response) => {
    response.set("Allow", methods);
    throw new HttpError(405, "method_not_allowed", `This path knows only ${methods}.`);
  };
}

// Express tells an error handler by its four parameters.
function answerError(error, _request, response, _next) {
  const problem = error instanceof HttpError ? error : fromExpress(error);
  if (problem.status >= 500) console.error(error);
  response.status(problem.status).json({ error: problem });
}

/** Express throws errors of its own, for a body that is no JSON or a path that is badly encoded. */
function fromExpress(error) {
  if (error instanceof URIError) return new NotFound("There is no such path.");
  if (error.status === 413) return new HttpError(413, "too_large", "The body is too large.");
  if (error.status === 415) return new HttpError(415, "unsupported_media_type", error.message);
  if (error.status >= 400 && error.status < 500) return new HttpError(400, "malformed", error.message);
  return new HttpError(500, "internal", "Something went wrong on our side.");
}
