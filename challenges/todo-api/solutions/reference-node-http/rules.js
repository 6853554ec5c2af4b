// The values that a to-do and a list query may have. A rule returns the value to keep, or throws what is wrong with it.

import { Invalid } from "./errors.js";

class Refused extends Error {}

const FIELDS = {
  title(value) {
    const title = text(value).trim();
    if (title === "") throw new Refused("must not be blank");
    return atMost(200, title);
  },
  notes: (value) => atMost(2000, text(value)),
  done(value) {
    if (typeof value !== "boolean") throw new Refused("must be true or false");
    return value;
  },
  due(value) {
    if (value !== null && !isDate(value)) throw new Refused("must be null or a date that exists, written YYYY-MM-DD");
    return value;
  },
};

const PARAMETERS = {
  done: (value) => oneOf(["true", "false"], value) === "true",
  q: (value) => value,
  sort: (value) => oneOf(["id", "-id", "due"], value),
  limit: (value) => integer(value, 1, 100),
  // nothing is stored beyond what can be counted exactly
  offset: (value) => Math.min(integer(value, 0, Infinity), Number.MAX_SAFE_INTEGER),
};

/** Return all fields of a to-do but its id, for creating and replacing. */
export function wholeTodo(body) {
  return { notes: "", done: false, due: null, ...accept(FIELDS, new Map(Object.entries(body)), ["title"]) };
}

/** Return the fields that were sent. */
export function changes(body) {
  return accept(FIELDS, new Map(Object.entries(body)));
}

/** Return all parameters of a list; `done` is null where both are wanted. */
export function listQuery(parameters) {
  return { done: null, q: "", sort: "id", limit: 20, offset: 0, ...accept(PARAMETERS, parameters) };
}

/** Return what the rules keep of the values, or throw one error that names every value they refuse. */
function accept(rules, values, required = []) {
  const accepted = {};
  const problems = {};
  for (const [name, rule] of Object.entries(rules)) {
    try {
      if (values.has(name)) accepted[name] = rule(values.get(name));
      else if (required.includes(name)) throw new Refused("is required");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems[name] = error.message;
    }
  }
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  return accepted;
}

function text(value) {
  if (typeof value !== "string") throw new Refused("must be a string");
  if (!value.isWellFormed()) throw new Refused("must not hold half a surrogate pair");
  return value;
}

/** Characters are code points; `length` would count an emoji twice. */
function atMost(most, value) {
  if ([...value].length > most) throw new Refused(`must have at most ${most} characters`);
  return value;
}

function isDate(value) {
  if (typeof value !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) || value < "0001") return false;
  const [year, month, day] = value.split("-").map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC() would take the year 1 for 1901
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day; // the 29th of February may become the 1st of March
}

function oneOf(choices, value) {
  if (!choices.includes(value)) throw new Refused(`must be one of: ${choices.join(", ")}`);
  return value;
}

function integer(value, least, most) {
  const number = /^[0-9]+$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most)) throw new Refused(`must be an integer from ${least} to ${most}`);
  return number;
}
