// The errors that clients read; `JSON.stringify` gives what they may see of one.

export class HttpError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
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
  constructor(fields) {
    super(422, "invalid", "Some values were not accepted.");
    this.fields = fields;
  }
}
