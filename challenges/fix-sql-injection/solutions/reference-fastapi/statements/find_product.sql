SELECT shown_product.* FROM shown_product JOIN product USING (id)
WHERE id = %(product)s AND (published OR product.seller = %(visitor)s)
