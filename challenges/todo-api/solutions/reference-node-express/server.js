// A to-do list API: Express, Zod, and the SQLite that comes with Node.js.

import { createApp } from "./app.js";
import { TodoStore } from "./store.js";

const store = new TodoStore("todos.db");
const port = Number(process.env.PORT ?? 8000);

createApp(store).listen(port, "0.0.0.0", () => console.log(`listening on port ${port}`));
