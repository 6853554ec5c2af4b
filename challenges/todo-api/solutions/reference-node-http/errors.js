// The errors that clients read; `JSON.stringify` gives what they may see of one.

export class HttpError extends Error {
  /** Options: `headers` and `fields` of the answer, and the `cause`. */
  constructor(status, code, message, { headers, fields, cause } = {}) {
    super(message, { cause });
    Object.assign(this, { status, code, headers, fields });
  }

  toJSON() {
    const { code, message, fields } = this;
    return { code, message, fields };
  }
}

export class NotFound extends HttpError {
  constructor(message) {
    super(404, "not_found", message);
  }
}

export class Invalid extends HttpError {
  /** `fields`: name to what is wrong with its value. */
  constructor(fields) {
    super(422, "invalid", "Some values were not accepted.", { fields });
  }
}
