// A to-do list API that needs nothing but Node.js: its HTTP server and its SQLite.

import { createServer } from "node:http";

import { createApi } from "./api.js";
import { createListener } from "./listener.js";
import { TodoStore } from "./store.js";

const store = new TodoStore("todos.db");
const port = Number(process.env.PORT ?? 8000);

createServer(createListener(createApi(store))).listen(port, "0.0.0.0", () => {
  console.log(`listening on port ${port}`);
});
