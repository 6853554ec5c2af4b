// The values that a to-do and a list query may have. Zod never coerces, and leaves unknown keys out.

import { z } from "zod";

const text = z.string().refine((value) => value.isWellFormed(), "must not hold half a surrogate pair");

const atMost = (most) => [(value) => value.length <= most, `must have at most ${most} characters`];

const title = text.trim().min(1, "must not be blank").refine(...atMost(200));
const notes = text.refine(...atMost(2000));
const done = z.boolean();
const due = z.iso
  .date("must be null or a date that exists, written YYYY-MM-DD")
  .refine((value) => value >= "0001", "must be in the year 0001 or later")
  .nullable();

export const NewTodo = z.object({
  title,
  notes: notes.default(""),
  done: done.default(false),
  due: due.default(null),
});

export const Change = z.object({ title, notes, done, due }).partial();

const integer = z.string().regex(/^[0-9]+$/, "must be an integer").transform(Number);

export const ListQuery = z.object({
  done: z.enum(["true", "false"]).transform((value) => value === "true").optional(),
  q: z.string().default(""),
  sort: z.enum(["id", "-id", "due"]).default("id"),
  limit: integer.pipe(z.number().min(1).max(100)).default(20),
  // nothing is stored beyond what can be counted exactly
  offset: integer.transform((value) => Math.min(value, Number.MAX_SAFE_INTEGER)).default(0),
});
