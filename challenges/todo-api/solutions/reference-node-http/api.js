// What the API answers. Knows neither streams nor SQL; whatever is refused is thrown.

import { HttpError, NotFound } from "./errors.js";
import { changes, listQuery, wholeTodo } from "./rules.js";

/** Return a function that answers {method, path, query, json} with {status, headers?, body?}. */
export function createApi(store) {
  const routes = [
    [
      /^\/todos$/,
      {
        GET({ query }) {
          const { done, q, sort, limit, offset } = listQuery(query);
          const { items, total } = store.page({ done, q, sort, limit, offset });
          return { status: 200, body: { items, total, limit, offset } };
        },
        POST({ json }) {
          const todo = store.create(wholeTodo(json()));
          return { status: 201, headers: { Location: `/todos/${todo.id}` }, body: todo };
        },
      },
    ],
    [
      /^\/todos\/([^/]+)$/,
      {
        GET: (_request, id) => ({ status: 200, body: found(store.read(asId(id))) }),
        PATCH: ({ json }, id) => ({ status: 200, body: found(store.change(asId(id), changes(json()))) }),
        PUT: ({ json }, id) => ({ status: 200, body: found(store.change(asId(id), wholeTodo(json()))) }),
        DELETE(_request, id) {
          found(store.delete(asId(id)));
          return { status: 204 };
        },
      },
    ],
  ];

  return (request) => {
    for (const [pattern, methods] of routes) {
      const match = pattern.exec(request.path);
      if (match) return handlerOf(methods, request.method)(request, ...match.slice(1));
    }
    throw new NotFound("There is no such path.");
  };
}

/** Return the handler of a method; Node.js itself leaves out the body of an answer to HEAD. */
function handlerOf(methods, method) {
  const name = method === "HEAD" ? "GET" : method;
  if (Object.hasOwn(methods, name)) return methods[name];
  const allowed = ["HEAD", ...Object.keys(methods)].join(", ");
  throw new HttpError(405, "method_not_allowed", `This path knows only ${allowed}.`, { headers: { Allow: allowed } });
}

/** Return the id in a path; null, which no to-do has, if it does not look like one of ours. */
function asId(text) {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : null;
}

function found(todo) {
  if (todo === undefined) throw new NotFound("There is no such to-do.");
  return todo;
}
