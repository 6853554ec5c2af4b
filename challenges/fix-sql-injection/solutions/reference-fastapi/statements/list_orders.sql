SELECT purchase.id, product.id AS product_id, quantity, total_cents, note, product.name AS product
FROM purchase JOIN product ON product.id = purchase.product
WHERE buyer = %(buyer)s
ORDER BY
    (CASE %(order)s WHEN 'asc' THEN 1 ELSE -1 END)
        * (CASE %(sort)s WHEN 'quantity' THEN quantity WHEN 'total_cents' THEN total_cents ELSE purchase.id END),
    purchase.id
