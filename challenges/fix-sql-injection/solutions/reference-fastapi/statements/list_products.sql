-- The order is chosen by parameters too: of the first four keys at most one is not the same for all rows.
SELECT shown_product.* FROM shown_product JOIN product USING (id)
WHERE published
    AND (strpos(lower(shown_product.name), lower(%(q)s)) > 0 OR strpos(lower(shown_product.description), lower(%(q)s)) > 0)
    AND shown_product.price_cents >= coalesce(%(min_price)s::integer, 0)
    AND (%(max_price)s::integer IS NULL OR shown_product.price_cents <= %(max_price)s::integer)
ORDER BY
    CASE WHEN %(sort)s = 'name' AND %(order)s = 'asc' THEN shown_product.name END,
    CASE WHEN %(sort)s = 'name' AND %(order)s = 'desc' THEN shown_product.name END DESC,
    CASE WHEN %(sort)s = 'price_cents' THEN shown_product.price_cents * (CASE %(order)s WHEN 'asc' THEN 1 ELSE -1 END) END,
    CASE WHEN %(sort)s = 'id' AND %(order)s = 'desc' THEN -id END,
    id
LIMIT %(limit)s OFFSET %(offset)s
