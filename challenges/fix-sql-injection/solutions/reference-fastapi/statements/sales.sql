SELECT product.name AS product, sum(quantity)::integer AS quantity, sum(total_cents)::bigint AS total_cents
FROM purchase JOIN product ON product.id = purchase.product
WHERE product.seller = %(seller)s
GROUP BY product.id
ORDER BY product.id
