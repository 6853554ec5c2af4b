const forbidden = /['";\\%]|--|\b(select|union|update|delete|drop|or|and)\b/i;

async function send(form, action) {
  const values = Object.fromEntries(new FormData(form));
  if (Object.values(values).some((value) => forbidden.test(value))) {
    alert("Please use letters and digits only.");
    return;
  }
  await action(values);
}

document.querySelector("#search").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, async (values) => {
    const reply = await fetch("/products?" + new URLSearchParams(values));
    const list = document.querySelector("#products");
    list.replaceChildren(
      ...(await reply.json()).items.map((product) => {
        const item = document.createElement("li");
        item.textContent = `${product.name}: ${product.price_cents / 100}`;
        return item;
      }),
    );
  });
});

document.querySelector("#login").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, async (values) => {
    const reply = await fetch("/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(values),
    });
    sessionStorage.setItem("token", (await reply.json()).token);
  });
});
