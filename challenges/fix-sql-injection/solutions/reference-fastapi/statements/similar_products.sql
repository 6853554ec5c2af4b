SELECT shown_product.*
FROM product AS this
JOIN product AS other ON other.category = this.category AND other.id <> this.id AND other.published
JOIN shown_product ON shown_product.id = other.id
WHERE this.id = %(product)s
ORDER BY other.id
LIMIT 20
