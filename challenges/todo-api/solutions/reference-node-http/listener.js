// Between HTTP and the API: reads requests, writes answers. Every error of a request becomes an answer here.

import { HttpError } from "./errors.js";

// A to-do has less than 20 kB; without a limit, a few large bodies at once would fill the memory.
const LARGEST_BODY = 1024 * 1024;

/** Return a listener for requests; `api` answers {method, path, query, json} with {status, headers?, body?}, or throws. */
export function createListener(api) {
  return async (request, response) => {
    try {
      const body = await read(request);
      const [path, query] = splitOnce(request.url, "?");
      const json = () => jsonObject(request.headers["content-type"], body);
      send(response, api({ method: request.method, path, query: new URLSearchParams(query), json }));
    } catch (error) {
      if (response.destroyed) return; // the client is gone
      send(response, asAnswer(error));
    }
  };
}

/** Read the whole body, to the end even when it is too large: the client hears nothing before it has sent all. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  if (size > LARGEST_BODY) throw new HttpError(413, "too_large", "The body is too large.");
  return Buffer.concat(chunks);
}

function jsonObject(contentType = "", body) {
  const [type] = splitOnce(contentType, ";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new HttpError(415, "unsupported_media_type", "The content type must be application/json.");
  }
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(400, "malformed", "The body must be a JSON object.");
  }
  return value;
}

function parseJson(body) {
  try {
    // toString() would put replacement characters where bytes are not UTF-8
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new HttpError(400, "malformed", "The body must be JSON in UTF-8.", { cause });
  }
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function asAnswer(error) {
  if (error instanceof HttpError) return { status: error.status, headers: error.headers, body: { error } };
  console.error(error);
  return asAnswer(new HttpError(500, "internal", "Something went wrong on our side."));
}

function send(response, { status, headers, body }) {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(status, { ...headers, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) })
    .end(text);
}
