// Answers 200 with an empty object to everything.

const http = require("node:http");

http
  .createServer((_request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end("{}");
  })
  .listen(Number(process.env.PORT));
