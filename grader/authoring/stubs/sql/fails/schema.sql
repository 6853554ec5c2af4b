-- A stub that ends with an error.
SELECT 1 / 0;
