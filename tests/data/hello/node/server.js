// Says which version answers, for the contract test.
const http = require("node:http");

const server = http.createServer((_request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ version: process.versions.node }));
});
server.listen(Number(process.env.PORT));
